use super::pipeline::{Pipeline, Sink};

pub struct Session {
    name: String,
    seen: usize,
}

impl Session {
    pub fn new(name: &str) -> Self {
        Session { name: name.to_owned(), seen: 0 }
    }

    #[inline(never)]
    pub fn replay(&mut self, packets: &[&[u8]]) -> usize {
        let pipeline = Pipeline::new(&self.name);
        packets.iter().for_each(|packet| pipeline.run(packet, self));
        self.seen
    }
}

impl Sink for Session {
    fn accept(&mut self, body: &[u8]) {
        self.seen += body.len();
    }
}
