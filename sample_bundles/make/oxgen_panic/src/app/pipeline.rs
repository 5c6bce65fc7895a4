pub trait Sink {
    fn accept(&mut self, body: &[u8]);
}

pub struct Pipeline {
    label: String,
}

impl Pipeline {
    pub fn new(label: &str) -> Self {
        Pipeline { label: label.to_owned() }
    }

    #[inline(never)]
    pub fn run<S: Sink>(&self, packet: &[u8], sink: &mut S) {
        let body = parse_packet(&self.label, packet);
        sink.accept(body);
    }
}

#[inline(never)]
pub fn parse_packet<'a>(label: &str, packet: &'a [u8]) -> &'a [u8] {
    let (kind, rest) = packet.split_first().expect("empty packet");
    match kind {
        1 | 2 => slice_body(label, rest),
        other => panic!("{label}: unknown packet kind {other}"),
    }
}

#[inline(never)]
fn slice_body<'a>(_label: &str, rest: &'a [u8]) -> &'a [u8] {
    let length = usize::from(rest[0]);
    &rest[1..1 + length]
}
