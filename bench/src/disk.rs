//! How long the disk takes to make four kilobytes durable: the unit everything durable is paid in.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// The distribution of `fdatasync` after a 4 KiB write.
pub struct Fsync {
    /// Half are faster.
    pub p50: Duration,
    /// One in a hundred is slower.
    pub p99: Duration,
}

/// Measures 500 writes in this directory.
pub fn fsync(directory: &Path) -> anyhow::Result<Fsync> {
    let path = directory.join("fsync-probe");
    let mut file = std::fs::File::create(&path)?;
    let block = [7_u8; 4096];
    let mut times = Vec::with_capacity(500);
    for _ in 0..500 {
        let start = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    std::fs::remove_file(path)?;
    times.sort_unstable();
    Ok(Fsync { p50: times[times.len() / 2], p99: times[times.len() * 99 / 100] })
}
