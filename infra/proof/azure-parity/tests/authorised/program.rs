//! The sample's processes, each with an identity of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Where the processes are: what they share.
pub struct Place {
    pub cosmos: String,
    pub bus: String,
    pub folder: PathBuf,
}

/// A running process. It ends with this value.
pub struct Program {
    child: Child,
    /// Kept open: a program whose words nobody takes may fail at saying them.
    _out: BufReader<ChildStdout>,
    pub address: String,
}

impl Place {
    fn command(&self, identity: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_remove("COSMOS_KEY")
            .env("COSMOS_ENDPOINT", &self.cosmos)
            .env("COSMOS_DISABLE_IMDS", "1")
            .env("AZURE_COSMOS_BINARY_ENCODING_ENABLED", "false")
            .env("SERVICEBUS_LOCAL_URL", &self.bus)
            .env("IDENTITY_ENDPOINT", format!("{}identity", self.cosmos))
            .env("IDENTITY_HEADER", "secret")
            .env("AZURE_CLIENT_ID", identity);
        command
    }

    /// Starts a process, and waits until it listens.
    pub fn start(&self, identity: &str, arguments: &[&str]) -> Program {
        let mut child = self
            .command(identity, arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("text");
        let (_, address) = line.trim_end().split_once("http://").expect("it says where it listens");
        let address =
            format!("http://{}", address.trim_end_matches("health").trim_end_matches('/'));
        Program { child, _out: out, address }
    }

    /// Runs a process to its end.
    pub fn run(&self, identity: &str, arguments: &[&str]) -> Output {
        self.command(identity, arguments).output().expect("the program starts")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program's file, built once per run of the tests.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let built = Command::new("cargo")
            .args(["build", "--quiet", "--locked", "--message-format=json", "-p", "energy"])
            .current_dir(azure_parity::root())
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "energy does not build");
        let said = String::from_utf8(built.stdout).expect("cargo says text");
        let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut files = messages.filter_map(|message| {
            let ours = message["target"]["name"] == "energy";
            message["executable"].as_str().filter(|_| ours).map(PathBuf::from)
        });
        files.next().expect("the package has a program")
    })
}
