//! Step 1. Fold a page into a view
