//! Opens the room on the teacher's machine. `just room open` starts it with the steps of the course.

use clap::Parser;
use room::{Room, Rules, page, router};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::net::TcpListener;

/// Show at which step the attendees are who choose to say so.
#[derive(Parser)]
#[command(name = "just room open")]
struct Options {
    /// The port the room listens on
    #[arg(long, default_value_t = 3300)]
    port: u16,
    /// The address the room listens on; all of this machine's unless given
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::UNSPECIFIED), value_name = "IP")]
    address: IpAddr,
    /// Let every machine in the network open the page
    #[arg(long)]
    share: bool,
    /// Write the list to this file when the room closes; everybody who joins is told
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// A step of the course and its title, such as `01.2=a stale writer is refused`; given by the guide
    #[arg(long = "step", value_parser = step, hide = true)]
    steps: Vec<(String, String)>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    match open(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(1)
        }
    }
}

async fn open(options: &Options) -> Result<(), String> {
    let at = SocketAddr::new(options.address, options.port);
    let listener = TcpListener::bind(at).await.map_err(|error| {
        format!("cannot listen on {at} ({error}): close what does, or choose another with --port")
    })?;
    let port = listener.local_addr().map_or(options.port, |address| address.port());
    // A file that cannot be written is better known now than at the end of the day.
    if let Some(path) = &options.keep {
        std::fs::File::create_new(path).map_err(|error| {
            format!(
                "cannot make {} ({error}): name a new file in a folder of yours",
                path.display()
            )
        })?;
    }
    let (shared, kept) = (options.share, options.keep.is_some());
    let room = Room::open(Rules { shared, kept, steps: options.steps.clone() });
    println!("{}", greeting(options, port));
    let _ = std::io::stdout().flush();
    let service = router(room.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async {
        let _ = tokio::signal::ctrl_c().await;
    });
    serving.await.map_err(|error| format!("the room broke down: {error}"))?;
    close(options, &room)
}

fn close(options: &Options, room: &Room) -> Result<(), String> {
    let Some(path) = &options.keep else {
        println!("\nThe room is closed, and the names are gone.");
        return Ok(());
    };
    std::fs::write(path, page::list(room))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    println!("\nThe room is closed. The list is in {}.", path.display());
    Ok(())
}

/// What to do next, in the order in which a teacher does it.
fn greeting(options: &Options, port: u16) -> String {
    let mut lines =
        vec![format!("The room is open. Your page: http://127.0.0.1:{port}/"), String::new()];
    match reachable(options.address) {
        Some(address) => {
            let address = SocketAddr::new(address, port);
            lines.push("Tell the room, and that nobody has to:".into());
            lines.push(format!("  just room join {address} NAME"));
        }
        None => lines.push(
            "No network leads here: connect this machine, or name its address with --address."
                .into(),
        ),
    }
    lines.push(String::new());
    lines.push(
        if options.share {
            "Every machine in this network can open the page."
        } else {
            "The page opens on this machine only; --share shows it to the network."
        }
        .into(),
    );
    lines.push("Stop with ctrl-c.".into());
    lines.join("\n")
}

/// The address by which others reach this machine. Nothing is sent to find out: connecting a datagram socket only
/// looks up the way.
fn reachable(asked: IpAddr) -> Option<IpAddr> {
    if !asked.is_unspecified() {
        return Some(asked);
    }
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // TEST-NET-1, RFC 5737: it belongs to nobody.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

fn step(text: &str) -> Result<(String, String), String> {
    let parts =
        text.split_once('=').ok_or_else(|| format!("`{text}` has no title: write 01.2=title"))?;
    Ok((parts.0.into(), parts.1.into()))
}
