//! The command line. Every option is also an environment variable `WHATSCLOUD_…`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::phone::Region;
use domain::role::Role;

use crate::config::{DatabaseUrl, PublicUrl, Secret, SecretKey};

/// WhatsCloud: WhatsApp for a business, with an Opt-In/Out System that cannot be broken by accident.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage.
#[derive(Debug, Parser)]
#[command(name = "whatscloud", version, max_term_width = 110)]
pub struct Cli {
    /// The log.
    #[command(flatten)]
    pub log: LogArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// How much is logged, and how.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// What is logged to standard error: error, warn, info, debug or trace; also per module, such as `info,service=debug`.
    #[arg(long, global = true, env = "WHATSCLOUD_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How log lines look.
    #[arg(long, global = true, env = "WHATSCLOUD_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server: web pages, API, webhooks and the sending of messages.
    Serve(ServeArgs),
    /// Brings the database up to date and prints its version.
    Migrate(DatabaseArgs),
    /// Businesses.
    #[command(subcommand)]
    Business(BusinessCommand),
    /// People who sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// WhatsApp numbers.
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Keys of the REST API.
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Says what customers ask for: JSON lines in, JSON lines out, in the same order.
    ///
    /// In: {"text", "state"?: unknown|opted_in|opted_out, "country"?: "US"}.
    /// Out: {"verdict": opt_out|hold|opt_in|help|none, "rule", "matched", "normalised"}.
    Classify(ClassifyArgs),
    /// Reads lists in.
    #[command(subcommand)]
    Import(ImportCommand),
    /// The record of every consent event.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Writes a consistent copy of the database to a new file, while the server runs. The secret key is not in it.
    Backup(BackupArgs),
    /// Puts a backup in place, with the server stopped: what waited is not sent, campaigns are paused, everybody is signed out.
    Restore(RestoreArgs),
    /// Runs the WhatsApp Cloud API emulator alone.
    Emulator(EmulatorArgs),
}

/// Where the data is.
#[derive(Clone, Debug, Default, Args)]
pub struct DatabaseArgs {
    /// Directory of the embedded database and the key file [default: ./data; in demo mode ./data/demo].
    #[arg(long, env = "WHATSCLOUD_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:///path/to/file.sqlite or postgres://user:password@host/database [default: whatscloud.sqlite in the data
    /// directory].
    #[arg(long, env = "WHATSCLOUD_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<DatabaseUrl>,
    /// File with the key that seals secrets in the database: 64 hexadecimal digits. Made at the first start [default:
    /// secret.key in the data directory].
    #[arg(long, env = "WHATSCLOUD_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
    /// The key itself. Other users of the machine see command lines: prefer the environment variable or the file.
    #[arg(
        long,
        env = "WHATSCLOUD_SECRET_KEY",
        hide_env_values = true,
        value_name = "HEX",
        conflicts_with = "secret_key_file"
    )]
    pub secret_key: Option<SecretKey>,
}

/// What part of the work this process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Everything.
    All,
    /// Pages, API, webhooks.
    Web,
    /// Sending messages.
    Worker,
}

/// Options of `serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "WHATSCLOUD_LISTEN", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)), value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Fills an empty database with a demo shop and plays WhatsApp under /emulator. Only on a loopback address.
    #[arg(long, env = "WHATSCLOUD_DEMO", value_parser = FalseyValueParser::new())]
    pub demo: bool,
    /// What this process does.
    #[arg(long, env = "WHATSCLOUD_ROLE", value_delimiter = ',', default_value = "all", value_name = "ROLES")]
    pub role: Vec<RoleArg>,
    /// The origin under which people reach the server, such as https://whatscloud.example [default: the address listened on].
    #[arg(long, env = "WHATSCLOUD_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// Country of phone numbers written without a country code, such as ZA, where the business itself has none.
    #[arg(long, env = "WHATSCLOUD_DEFAULT_REGION", value_name = "COUNTRY")]
    pub default_region: Option<Region>,
    /// Bearer token for /metrics; without one it answers loopback only.
    #[arg(long, env = "WHATSCLOUD_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub metrics_token: Option<Secret>,
    /// Connections to the database.
    #[arg(long, env = "WHATSCLOUD_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..=1000), value_name = "N")]
    pub pool_size: u32,
    /// Most webhooks stored by one commit.
    #[arg(long, env = "WHATSCLOUD_INGEST_BATCH", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=4096), value_name = "N")]
    pub ingest_batch: u16,
    /// The built site, where it is not part of the program.
    #[cfg(not(feature = "embed"))]
    #[arg(long, env = "WHATSCLOUD_SITE_DIR", default_value = "target/site", value_name = "DIR")]
    pub site_dir: PathBuf,
}

/// `business …`
#[derive(Debug, Subcommand)]
pub enum BusinessCommand {
    /// Makes a business and prints {"id"}.
    Create(BusinessCreateArgs),
}

/// Options of `business create`.
#[derive(Debug, Args)]
pub struct BusinessCreateArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Its name, as customers read it in confirmations.
    #[arg(long, env = "WHATSCLOUD_NAME")]
    pub name: String,
}

/// `user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Makes an account and prints {"id"}.
    Create(UserCreateArgs),
}

/// Options of `user create`.
#[derive(Debug, Args)]
pub struct UserCreateArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The business, by id or handle.
    #[arg(long, env = "WHATSCLOUD_BUSINESS", value_name = "ID")]
    pub business: String,
    /// The address to sign in with.
    #[arg(long, env = "WHATSCLOUD_EMAIL")]
    pub email: String,
    /// owner, admin, agent or viewer.
    #[arg(long, env = "WHATSCLOUD_USER_ROLE", value_name = "ROLE")]
    pub role: Role,
    /// Reads the password from the first line of standard input.
    #[arg(long, env = "WHATSCLOUD_PASSWORD_STDIN", value_parser = FalseyValueParser::new(), required = true)]
    pub password_stdin: bool,
}

/// `connection …`
#[derive(Debug, Subcommand)]
pub enum ConnectionCommand {
    /// Connects a WhatsApp number and prints {"id", "webhook_path"}.
    Add(ConnectionAddArgs),
}

/// Options of `connection add`.
#[derive(Debug, Args)]
pub struct ConnectionAddArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The business, by id or handle.
    #[arg(long, env = "WHATSCLOUD_BUSINESS", value_name = "ID")]
    pub business: String,
    /// Meta's id of the number.
    #[arg(long, env = "WHATSCLOUD_PHONE_NUMBER_ID", value_name = "P")]
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account.
    #[arg(long, env = "WHATSCLOUD_WABA_ID", value_name = "W")]
    pub waba_id: String,
    /// The number as people read it, with country code.
    #[arg(long, env = "WHATSCLOUD_DISPLAY_NUMBER", value_name = "N")]
    pub display_number: String,
    /// File with the access token.
    #[arg(long, env = "WHATSCLOUD_ACCESS_TOKEN_FILE", value_name = "F")]
    pub access_token_file: PathBuf,
    /// File with the app secret, the key of webhook signatures.
    #[arg(long, env = "WHATSCLOUD_APP_SECRET_FILE", value_name = "F")]
    pub app_secret_file: PathBuf,
    /// The token Meta sends when the webhook is set up.
    #[arg(long, env = "WHATSCLOUD_VERIFY_TOKEN", hide_env_values = true, value_name = "T")]
    pub verify_token: Secret,
    /// The Graph API [default: Meta's].
    #[arg(long, env = "WHATSCLOUD_GRAPH_URL", value_name = "URL")]
    pub graph_url: Option<String>,
    /// Most messages a second [default: what Meta allows a new number].
    #[arg(long, env = "WHATSCLOUD_MESSAGES_PER_SECOND", value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    pub messages_per_second: Option<u32>,
}

/// `api-key …`
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Makes a key and prints {"id", "key"}; the key is shown this once.
    Create(ApiKeyCreateArgs),
}

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScopeArg {
    /// Read.
    Read,
    /// Read and write.
    Write,
}

/// Options of `api-key create`.
#[derive(Debug, Args)]
pub struct ApiKeyCreateArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The business, by id or handle.
    #[arg(long, env = "WHATSCLOUD_BUSINESS", value_name = "ID")]
    pub business: String,
    /// What the key is for.
    #[arg(long, env = "WHATSCLOUD_NAME")]
    pub name: String,
    /// What it may do.
    #[arg(long, env = "WHATSCLOUD_SCOPE")]
    pub scope: ScopeArg,
}

/// Options of `classify`.
#[derive(Debug, Args)]
pub struct ClassifyArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The business whose words count, by id or handle [default: the words a new business starts with].
    #[arg(long, env = "WHATSCLOUD_BUSINESS", value_name = "ID")]
    pub business: Option<String>,
}

/// `import …`
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Reads a CSV or tab-separated file of contacts in: progress on standard error, the result as JSON on standard output.
    ///
    /// Columns, separator and encoding are found out from the file. A person who opted out stays opted out whatever the file
    /// says, and a yes counts only where the file says how it was given; use the web page to say it for the whole file.
    Contacts(ImportContactsArgs),
}

/// Options of `import contacts`.
#[derive(Debug, Args)]
pub struct ImportContactsArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The file.
    #[arg(env = "WHATSCLOUD_FILE", value_name = "FILE.csv")]
    pub file: PathBuf,
    /// The business, by id or handle.
    #[arg(long, env = "WHATSCLOUD_BUSINESS", value_name = "ID")]
    pub business: String,
    /// Says what would come of it and changes nothing.
    #[arg(long, env = "WHATSCLOUD_DRY_RUN", value_parser = FalseyValueParser::new())]
    pub dry_run: bool,
}

/// Options of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The file to write; it must not be there yet.
    #[arg(env = "WHATSCLOUD_BACKUP_FILE", value_name = "FILE")]
    pub file: PathBuf,
}

/// Options of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Where the data is to be.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// What `backup` wrote.
    #[arg(env = "WHATSCLOUD_BACKUP_FILE", value_name = "FILE")]
    pub file: PathBuf,
    /// Replaces the database that is there.
    #[arg(long, env = "WHATSCLOUD_REPLACE", value_parser = FalseyValueParser::new())]
    pub replace: bool,
}

/// `ledger …`
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Checks the chain and prints {"events", "head", "broken"}; fails when it does not hold.
    Verify(LedgerArgs),
    /// Writes every event as JSON lines.
    Export(LedgerArgs),
}

/// Options of `ledger …`.
#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The business, by id or handle.
    #[arg(long, env = "WHATSCLOUD_BUSINESS", value_name = "ID")]
    pub business: String,
}

/// Options of `emulator`.
#[derive(Debug, Args)]
pub struct EmulatorArgs {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "WHATSCLOUD_LISTEN", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 4000)), value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Where webhooks go.
    #[arg(long, env = "WHATSCLOUD_WEBHOOK_URL", requires = "app_secret", value_name = "URL")]
    pub webhook_url: Option<String>,
    /// What webhooks are signed with.
    #[arg(
        long,
        env = "WHATSCLOUD_APP_SECRET",
        hide_env_values = true,
        requires = "webhook_url",
        value_name = "S"
    )]
    pub app_secret: Option<Secret>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    fn each_command(command: &clap::Command, check: &mut impl FnMut(&clap::Command)) {
        check(command);
        for inner in command.get_subcommands() {
            each_command(inner, check);
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_is_also_an_environment_variable_and_is_described() {
        each_command(&Cli::command(), &mut |command| {
            assert!(command.get_about().is_some(), "{} has no description", command.get_name());
            for option in command.get_arguments() {
                let name = format!("{} --{}", command.get_name(), option.get_id());
                let variable = option.get_env().and_then(|name| name.to_str()).unwrap_or_default();
                assert!(variable.starts_with("WHATSCLOUD_"), "{name} has no environment variable");
                assert!(option.get_help().is_some(), "{name} has no description");
            }
        });
    }

    #[test]
    fn wrong_usage_ends_with_2() {
        for line in [
            vec!["whatscloud"],
            vec!["whatscloud", "serve", "--listen", "nowhere"],
            vec!["whatscloud", "serve", "--database-url", "mysql://h/d"],
            vec![
                "whatscloud",
                "user",
                "create",
                "--business",
                "b",
                "--email",
                "e",
                "--role",
                "king",
                "--password-stdin",
            ],
            vec!["whatscloud", "emulator", "--webhook-url", "http://127.0.0.1:1/"],
        ] {
            let error = Cli::try_parse_from(&line).expect_err("wrong usage");
            assert_eq!(error.exit_code(), 2, "{line:?}");
        }
    }

    #[test]
    fn roles_come_as_a_list() {
        let cli = Cli::try_parse_from(["whatscloud", "serve", "--role", "web,worker"]).unwrap();
        let Command::Serve(serve) = cli.command else { panic!("not serve") };
        assert_eq!(serve.role, [RoleArg::Web, RoleArg::Worker]);
    }
}
