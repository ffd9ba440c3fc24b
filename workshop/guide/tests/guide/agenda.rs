//! `agenda`: a day from the minutes in the lessons.

use crate::support::Workshop;

const LESSON: &str = "---\ntitle: The store\nminutes: 22\n---\n\n# 01\n\n## Step 1. One (8 min)\n\
    ## Step 2. Two (9 min)\n";

const DAY: &str = r#"title = "A morning"
minutes = 60

[[part]]
talk = "why"
minutes = 8

[[part]]
module = "01-store"
steps = 1
note = "in pairs"

[[part]]
module = "02-later"
title = "What comes"
minutes = 10

[[part]]
break = "Break"
minutes = 5
"#;

fn day(list: &str) -> Workshop {
    Workshop::empty()
        .write("workshop/README.md", "| [01](01-store/README.md) | 22 |\n")
        .write("workshop/01-store/README.md", LESSON)
        .write("slides/agendas/morning.toml", list)
}

#[test]
fn a_day_has_its_times_from_the_minutes_of_its_parts() {
    let answer = day(DAY).guide(&["agenda", "morning", "--start", "9:30"]);
    assert_eq!(
        answer.out,
        "agenda   A morning, 60 minutes

  9:30    8 min   Talk: why
  9:38   13 min   Module 01, The store, steps 1 to 1: in pairs
  9:51   10 min   Module 02, What comes
  10:01   5 min   Break
  10:06  24 min   Slack
  10:30  End
"
    );
}

#[test]
fn the_written_page_is_compared_and_a_day_that_overruns_is_told() {
    let workshop = day(DAY);
    let gate = |workshop: &Workshop| {
        let said = workshop.guide(&["verify", "minutes"]).out;
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let page = "slides/agendas/morning.md is not what its list makes";
    assert!(gate(&workshop).contains(page), "{}", gate(&workshop));
    assert_eq!(workshop.guide(&["agenda", "--write"]).out, "slides/agendas/morning.md\n");
    assert!(gate(&workshop).contains("pass minutes"), "{}", gate(&workshop));

    workshop.change("workshop/01-store/README.md", &LESSON.replace("(8 min)", "(5 min)"));
    assert!(gate(&workshop).contains(page), "{}", gate(&workshop));

    workshop.change("slides/agendas/morning.toml", &DAY.replace("minutes = 60", "minutes = 30"));
    let said = gate(&workshop);
    assert!(said.contains("its parts are 3 minutes longer than its 30"), "{said}");
    assert!(said.contains("talks take 8 of 30 minutes"), "{said}");
}

#[test]
fn a_list_that_cannot_be_read_says_which_line_of_it() {
    for (was, is, wanted) in [
        ("talk = \"why\"", "speech = \"why\"", "`speech` is unknown"),
        ("talk = \"why\"\nminutes = 8", "talk = \"why\"", "`why` says no minutes"),
        ("talk = \"why\"", "minutes = 3", "each part is one of module, talk"),
        ("title = \"What comes\"\nminutes = 10", "", "02-later is no module yet"),
        ("minutes = 60", "", "no title and minutes"),
    ] {
        let list = DAY.replacen(was, is, 1).replacen("minutes = 3\nminutes = 8", "minutes = 3", 1);
        let answer = day(&list).guide(&["agenda", "morning"]);
        assert!(answer.err.contains(wanted), "{wanted}: {}", answer.err);
    }
}

#[test]
fn an_unknown_day_and_a_time_that_is_none_are_refused() {
    let workshop = day(DAY);
    let answer = workshop.guide(&["agenda", "evening"]);
    assert_eq!(answer.err, "there is no agenda `evening`: choose one of morning\n");
    let answer = workshop.guide(&["agenda", "morning", "--start", "25:00"]);
    assert!(answer.err.contains("`25:00` is no time of day: write it as 09:00"), "{}", answer.err);
}
