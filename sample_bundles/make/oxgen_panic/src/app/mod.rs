pub mod pipeline;
pub mod session;
