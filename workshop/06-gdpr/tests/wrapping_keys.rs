//! The key that wraps the others: in a file, and in a vault.

mod vault;

use gdpr_checks::hour::Hour;
use gdpr_checks::looked::Looked;
use gdpr_checks::words::{POSTAL_CODE, erased, person, postal_code, seen};
use gdpr_checks::{KeyError, KeyFile, Keys, Wrapping, WrappingError, WrappingKey};
use serde_json::Value;
use vault::Vault;

fn keys<W: Wrapping>(documents: &Looked, wrapping: W) -> Keys<Looked, W> {
    Keys::new(documents.clone(), wrapping, Hour::default().caching())
}

fn wrapped(documents: &Looked, id: &str) -> Value {
    documents.behind().all()[id]["key"]["wrapped"].clone()
}

#[tokio::test]
async fn the_stored_key_is_wrapped() {
    let (documents, file) = (Looked::default(), KeyFile::in_memory());
    let key = keys(&documents, file.clone()).for_sealing(&person("1")).await.expect("a new key");
    let again = keys(&documents, file).for_sealing(&person("1")).await.expect("the same key");
    assert_eq!(key.id(), again.id());
    let stranger = keys(&documents, KeyFile::in_memory()).for_sealing(&person("1")).await;
    let error = stranger.expect_err("another file");
    assert!(matches!(error, KeyError::Wrapping(WrappingError::Unknown { .. })), "{error:?}");
}

#[tokio::test]
async fn rotation_brings_all_keys_under_the_new_one_and_touches_nothing_that_is_sealed() {
    let (documents, mut file) = (Looked::default(), KeyFile::in_memory());
    let old = keys(&documents, file.clone());
    let sealed = postal_code(&old.for_sealing(&person("1")).await.expect("a new key"), "register");
    old.for_sealing(&person("2")).await.expect("a new key");
    old.erase(&person("3"), &erased()).await.expect("documents in memory");
    let before = wrapped(&documents, "meter:1");
    file.rotate().expect("in memory");
    let new = keys(&documents, file.clone());
    assert_eq!(new.rewrap().await.ok(), Some(2), "why: there are two keys and a marker");
    assert_ne!(wrapped(&documents, "meter:1"), before);
    let newest = file.newest().await.expect("there is one");
    assert_eq!(wrapped(&documents, "meter:2")["by"], newest.as_str());
    assert_eq!(seen(&keys(&documents, file), &sealed).await, POSTAL_CODE);
    assert_eq!(new.rewrap().await.ok(), Some(0), "why: it can be repeated");
}

#[tokio::test]
async fn a_wrapped_key_that_was_changed_is_refused() {
    let file = KeyFile::in_memory();
    let wrapped = file.wrap(&gdpr_checks::KeyBytes::default()).await.expect("it can be wrapped");
    let mut changed = wrapped.clone();
    changed.key.replace_range(20..21, if &wrapped.key[20..21] == "A" { "B" } else { "A" });
    assert!(matches!(file.unwrap(&changed).await, Err(WrappingError::Tampered { .. })));
    changed.key.truncate(8);
    assert!(matches!(file.unwrap(&changed).await, Err(WrappingError::Tampered { .. })));
}

#[tokio::test]
async fn the_file_is_made_once_and_is_this_user_s_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("inside/wrapping-keys");
    let wrapped = KeyFile::open(&path).expect("it is made").wrap(&[7; 32].into()).await;
    let wrapped = wrapped.expect("it can be wrapped");
    let mut again = KeyFile::open(&path).expect("it is there");
    again.rotate().expect("it can be written");
    let later = KeyFile::open(&path).expect("it is there");
    assert_eq!(later.newest().await.ok(), again.newest().await.ok());
    assert_eq!(later.unwrap(&wrapped).await.ok(), Some([7; 32].into()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused_with_the_remedy() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wrapping-keys");
    KeyFile::open(&path).expect("it is made");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("permissions");
    let said = KeyFile::open(&path).expect_err("it is open").to_string();
    let path = path.display();
    assert_eq!(said, format!("{path} can be read by others (mode 640): run chmod 600 {path}"));
}

#[cfg(unix)]
#[test]
fn a_file_without_keys_is_not_begun_again() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wrapping-keys");
    for text in ["", "something else\n"] {
        std::fs::write(&path, text).expect("it can be written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("mode");
        assert!(matches!(KeyFile::open(&path), Err(WrappingError::NoKeys { .. })), "{text:?}");
    }
}

#[tokio::test]
async fn a_vault_wraps_by_its_newest_version_and_unwraps_by_the_one_that_wrapped() {
    let (vault, documents) = (Vault::default(), Looked::default());
    let sealed = {
        let keys = keys(&documents, vault.key());
        postal_code(&keys.for_sealing(&person("1")).await.expect("the vault wraps"), "register")
    };
    assert_eq!(wrapped(&documents, "meter:1")["by"], "https://kv-1.vault.azure.net/keys/kek/v1");
    vault.rotate();
    assert_eq!(seen(&keys(&documents, vault.key()), &sealed).await, POSTAL_CODE);
    assert_eq!(keys(&documents, vault.key()).rewrap().await.ok(), Some(1));
    assert_eq!(wrapped(&documents, "meter:1")["by"], "https://kv-1.vault.azure.net/keys/kek/v2");
    assert_eq!(seen(&keys(&documents, vault.key()), &sealed).await, POSTAL_CODE);
    assert_eq!(keys(&documents, vault.key()).rewrap().await.ok(), Some(0));
    assert!(vault.algorithms().iter().all(|it| it == "RSA-OAEP-256"), "{:?}", vault.algorithms());
}

#[tokio::test]
async fn a_key_of_another_vault_or_of_another_name_is_unknown() {
    let vault = Vault::default();
    let mut wrapped = vault.key().wrap(&[7; 32].into()).await.expect("the vault wraps");
    for by in [
        "https://kv-1.vault.azure.net/keys/other/v1",
        "https://kv-1.vault.azure.net/keys/kek",
        "https://kv-2.vault.azure.net/keys/kek/v1",
    ] {
        by.clone_into(&mut wrapped.by);
        let unwrapped = vault.key().unwrap(&wrapped).await;
        assert!(matches!(unwrapped, Err(WrappingError::Unknown { .. })), "{by}: {unwrapped:?}");
    }
}

#[tokio::test]
async fn a_vault_that_does_not_let_us_is_no_lost_key() {
    let vault = Vault::default();
    vault.refuse();
    let refused = keys(&Looked::default(), vault.key()).for_sealing(&person("1")).await;
    assert!(matches!(refused, Err(KeyError::Wrapping(WrappingError::Vault(_)))), "{refused:?}");
}

#[test]
fn the_environment_decides_where_the_key_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("wrapping-keys");
    let nothing = |_: &str| None;
    let found = WrappingKey::from_lookup(nothing, Some(&file)).expect("a file");
    assert!(matches!(found, WrappingKey::File(_)) && file.exists());
    let vault = |name: &str| {
        (name == "KEYVAULT_KEK_ID").then(|| "https://kv-1.vault.azure.net/keys/kek".to_owned())
    };
    assert!(matches!(WrappingKey::from_lookup(vault, None), Ok(WrappingKey::Vault(_))));
    let wrong = |name: &str| (name == "KEYVAULT_KEK_ID").then(|| "kek".to_owned());
    let said = WrappingKey::from_lookup(wrong, None).map(drop).expect_err("no URL").to_string();
    assert!(said.starts_with("KEYVAULT_KEK_ID must read https://"), "{said}");
}
