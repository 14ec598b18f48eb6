import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process of the lab that runs until it is stopped, with all that it started, also across pid namespaces. */
export interface Daemon {
  /** Its process group; the process itself when its argv enters no pid namespace. */
  readonly pid: number;
  readonly running: () => boolean;
  /** Sends a signal to the daemon and what it started. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it politely, then surely, and waits until it has gone. */
  readonly stop: () => Promise<void>;
}

const PATIENCE_MS = 5000;

/** Starts a daemon; both of its streams go to the end of the log file. */
export function startDaemon(argv: readonly string[], log: string, env: Readonly<Record<string, string>> = {}): Daemon {
  const out = openSync(log, 'a');
  const [command = '', ...args] = argv;
  // A process group of its own: `nsenter --pid` forks, and a signal to it alone would leave the daemon behind.
  const child = spawn(command, args, { stdio: ['ignore', out, out], detached: true, env: { ...withSbin(), ...env } });
  child.on('error', () => {}); // seen as not running
  return {
    pid: child.pid ?? -1,
    running: () => groupLives(child),
    signal: (signal) => signalGroup(child, signal),
    stop: () => stopGroup(child),
  };
}

/** The environment of the lab's programs: Debian keeps half of them where an ordinary user's PATH does not look. */
export function withSbin(): Record<string, string | undefined> {
  return { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
}

async function stopGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const late = Date.now() + PATIENCE_MS;
  while (groupLives(child)) {
    if (Date.now() > late) signalGroup(child, 'SIGKILL');
    await wait(20);
  }
}

/** The states of a group's processes (proc_pid_stat(5): after the name, in brackets, state, parent and group). */
const membersOf = ({ pid }: ChildProcess): readonly string[] =>
  readdirSync('/proc').flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? statOf(entry) : '';
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === pid ? [state] : [];
  });

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return ''; // it has gone meanwhile
  }
}

/** In a pid namespace whose first process reaps nobody's children but its own, a dead grandchild stays in its group for ever. */
function groupLives(child: ChildProcess): boolean {
  return signalled(child, 0) && membersOf(child).some((state) => state !== 'Z');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  signalled(child, signal);
}

function signalled({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false; // no such group any more
  }
}
