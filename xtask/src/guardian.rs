//! Cleaning up whatever happens to us.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result};

/// A shell script that runs when this value is dropped, or when our process ends in any way, Ctrl-C and SIGKILL
/// included: it waits for the end of a pipe that only we hold open.
pub struct Guardian {
    child: Child,
    lifeline: Option<ChildStdin>,
}

impl Guardian {
    /// Keeps `script` ready, to be run by `sh` with `arguments` as `$1`, `$2`, ….
    pub fn new(script: &str, arguments: &[String]) -> Result<Self> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("cat >/dev/null; {script}"), "guardian"])
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C in the terminal goes to our whole process group; the guardian has to survive it.
            .process_group(0)
            .spawn()
            .context("cannot start `sh`")?;
        let lifeline = child.stdin.take();
        Ok(Self { child, lifeline })
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        if let Err(error) = self.child.wait() {
            eprintln!("xtask: cleaning up failed: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_runs_at_the_end_and_not_before() {
        let file = std::env::temp_dir().join(format!("xtask-guardian-{}", std::process::id()));
        std::fs::write(&file, "").unwrap();
        let guardian = Guardian::new(r#"rm "$1""#, &[file.display().to_string()]).unwrap();
        assert!(file.exists());
        drop(guardian);
        assert!(!file.exists());
    }
}
