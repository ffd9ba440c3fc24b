//! The program, told to stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

#[test]
fn sigterm_lets_listeners_go_and_ends_the_program_well() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_energy"))
        .args(["--ephemeral", "--port", "0"])
        .env_remove("COSMOS_ENDPOINT")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut out = BufReader::new(program.stdout.take().expect("its output is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("it prints its address");
    let (_, address) = line.trim_end().split_once("http://").expect("an address");
    let mut listener = TcpStream::connect(address.trim_end_matches('/')).expect("it listens");
    let request = "GET /cockpit/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    listener.write_all(request.as_bytes()).expect("the request is sent");
    let mut first = [0; 12];
    listener.read_exact(&mut first).expect("an answer begins");
    assert_eq!(&first, b"HTTP/1.1 200");
    let told = Command::new("kill").args(["-TERM", &program.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    let ended = program.wait().expect("it ends");
    assert!(ended.success(), "it ended by itself: {ended}");
    let mut rest = Vec::new();
    listener.read_to_end(&mut rest).expect("the stream of events comes to an end");
}
