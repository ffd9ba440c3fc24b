//! The Bicep of this repository passes, and what is not checked in it is known.

use std::path::Path;

use bicep_check::check_folder;
use bicep_check::types::{Library, UNDESCRIBED};

#[test]
fn the_bicep_of_this_repository_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../azure");
    let library = Library::load().expect("the types");
    let report = check_folder(&folder, &library).expect("readable files");
    assert_eq!(report.findings, []);
    assert!(report.files > 5, "{}", report.files);
    for note in report.notes {
        let known = UNDESCRIBED.iter().any(|(name, _)| note.message.ends_with(name));
        assert!(known, "{note}");
    }
}
