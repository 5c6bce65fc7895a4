//! A small packet pipeline that panics on a short packet; its panic hook prints the report as JSON.
mod app;

use std::backtrace::Backtrace;
use std::panic;
use std::thread;

fn message(info: &panic::PanicHookInfo) -> String {
    let payload = info.payload();
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown panic".to_owned())
}

fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        println!("{}\u{1f}{}\u{1f}{}", message(info), place, Backtrace::force_capture());
    }));
}

fn main() {
    install_hook();
    let worker = thread::Builder::new().name("pipeline-2".into()).spawn(|| {
        let mut session = app::session::Session::new("scan-0007");
        session.replay(&[&[1, 4, 9, 9, 9, 9], &[2, 200, 7]])
    });
    let _ = worker.expect("thread").join();
}
