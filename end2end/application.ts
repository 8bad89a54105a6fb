// The application under test: one server a worker, in demo mode, on a database of its own.

import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export type Engine = "sqlite" | "postgres";

/** A running server. */
export interface Application {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly engine: Engine;
  /** The program, and the options by which its commands find the same database. */
  readonly binary: string;
  readonly database: string[];
  /** What it has printed so far, for the report of a failure. */
  log(): string;
  /** The link of the first start, once it is printed: it makes the business and its owner. */
  setupLink(): string | undefined;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** Starts `whatscloud serve` on a free port, as the demo unless told otherwise; `name` tells its database from others. */
export async function start(name: string, mode = ["--demo"]): Promise<Application> {
  const engine = chosenEngine();
  const binary = process.env.WHATSCLOUD_BINARY ?? resolve(__dirname, "../target/debug/whatscloud");
  const directory = await mkdtemp(join(tmpdir(), "whatscloud-e2e-"));
  const database = ["--data-dir", directory];
  if (engine === "postgres") {
    database.push("--database-url", await freshDatabase(`e2e_${process.pid}_${name}`));
  }
  const options = ["serve", ...mode, "--listen", "127.0.0.1:0", ...database];

  const server = spawn(binary, options, { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const stop = async () => {
    await end(server);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const url = await listening(server, lines);
    const setupLink = () => linkOf(url, lines);
    return { url, engine, binary, database, log: () => lines.join("\n"), setupLink, stop };
  } catch (error) {
    await stop();
    throw new Error(`${binary} did not start: ${error}\n${lines.join("\n")}`);
  }
}

/** Makes an account as whoever runs the server does; `name` tells it from others of the role. */
export async function account(application: Application, role: string, name = role): Promise<{ email: string; password: string }> {
  const user = { email: `${name}@demo.test`, password: "only looking around" };
  const made = promisify(execFile)(
    application.binary,
    ["user", "create", ...application.database, "--business", "demo", "--email", user.email, "--role", role, "--password-stdin"],
  );
  made.child.stdin!.end(`${user.password}\n`);
  await made;
  return user;
}

function chosenEngine(): Engine {
  const engine = process.env.WHATSCLOUD_E2E_ENGINE ?? "sqlite";
  if (engine !== "sqlite" && engine !== "postgres") {
    throw new Error(`WHATSCLOUD_E2E_ENGINE is "${engine}", not sqlite or postgres`);
  }
  return engine;
}

/** Creates a database in the cluster of TEST_POSTGRES_URL and returns its address. */
async function freshDatabase(name: string): Promise<string> {
  const cluster = process.env.TEST_POSTGRES_URL;
  if (!cluster) {
    throw new Error("TEST_POSTGRES_URL is not set: start the tests with `cargo xtask e2e`");
  }
  await promisify(execFile)("createdb", ["--maintenance-db", cluster, name]);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return url.href;
}

/** Waits for the line that names the address. */
function listening(server: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no address after a minute")), START_TIMEOUT_MS);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    server.once("error", fail);
    server.once("exit", (code, signal) => fail(new Error(`it ended with ${code ?? signal}`)));
    for (const stream of [server.stdout, server.stderr]) {
      createInterface({ input: stream! }).on("line", (line) => {
        lines.push(line);
        const address = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (address) {
          clearTimeout(timer);
          resolve(address);
        }
      });
    }
  });
}

/** The setup link among what was printed, at the address where the server really listens. */
function linkOf(url: string, lines: string[]): string | undefined {
  const printed = lines.map((line) => /first start: open (\S+)/.exec(line)?.[1]).find((link) => link !== undefined);
  if (printed === undefined) {
    return undefined;
  }
  const { pathname, search } = new URL(printed);
  return `${url}${pathname}${search}`;
}

/** Asks the server to stop, and insists if it does not. */
async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) {
    return;
  }
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  const timer = setTimeout(() => server.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
