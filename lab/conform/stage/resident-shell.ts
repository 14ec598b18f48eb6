import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { labEnvironment, type Ran } from '../../world/command.ts';

const LIMIT_MS = 30_000;

/** What is said of the end of a script, on standard output with its exit code and on standard error. */
const END = '==the end of script';

/**
 * A shell that stays where it was started, as in a network namespace, and runs scripts one after the other: to start one for each costs
 * a copy of this process and two programs. A script runs in a subshell, so that nothing of it stays in the shell.
 */
export class ResidentShell {
  readonly #argv: readonly string[];
  #running: Running | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** The shell's command line; it is started with the first script, and again after it died. */
  constructor(argv: readonly string[]) {
    this.#argv = argv;
  }

  /** Runs a script to its end. */
  run(script: string): Promise<Ran> {
    const own = this.#last.then(() => this.#shell().run(script));
    this.#last = own;
    return own;
  }

  /** Ends the shell: as long as it stays so does the namespace that it is in. */
  async end(): Promise<void> {
    await this.#running?.kill();
    this.#running = undefined;
  }

  #shell(): Running {
    if (this.#running?.isOver !== false) this.#running = new Running(this.#argv);
    return this.#running;
  }
}

/** What was said on one of a shell's outputs since the last script began. */
class Heard {
  #text = '';
  readonly #decoder = new StringDecoder('utf8');

  take(chunk: Buffer): void {
    this.#text += this.#decoder.write(chunk);
  }

  /** What stands before the last line if that is the mark, and what stands behind the mark. */
  until(mark: string): readonly [before: string, behind: string] | undefined {
    if (!this.#text.endsWith('\n')) return undefined;
    const at = this.#text.lastIndexOf(`\n${mark} `);
    return at < 0 ? undefined : [this.#text.slice(0, at), this.#text.slice(at + mark.length + 2, -1)];
  }

  get all(): string {
    return this.#text;
  }

  clear(): void {
    this.#text = '';
  }
}

/** One process. */
class Running {
  readonly #child: ChildProcess;
  readonly #heard = { stdout: new Heard(), stderr: new Heard() };
  readonly #over: Promise<void>;
  #look: (() => void) | undefined;
  #number = 0;
  isOver = false;

  constructor([program = 'sh', ...args]: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: labEnvironment() });
    this.#child.stdin?.on('error', () => {}); // whoever waits is told by the end
    for (const name of ['stdout', 'stderr'] as const)
      this.#child[name]?.on('data', (chunk: Buffer) => {
        this.#heard[name].take(chunk);
        this.#look?.();
      });
    this.#over = new Promise((resolve) => {
      this.#child.on('error', () => resolve());
      this.#child.on('close', () => resolve());
    });
    void this.#over.then(() => {
      this.isOver = true;
      this.#look?.();
    });
  }

  async run(script: string): Promise<Ran> {
    const mark = `${END} ${++this.#number}`;
    const { stdout, stderr } = this.#heard;
    stdout.clear();
    stderr.clear();
    this.#child.stdin?.write(scriptText(script, mark));
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), LIMIT_MS);
    const ran = await new Promise<Ran>((resolve) => {
      this.#look = () => {
        const [out, error] = [stdout.until(mark), stderr.until(mark)];
        if (out !== undefined && error !== undefined) resolve({ code: Number(out[1]), stdout: out[0], stderr: error[0] });
        else if (this.isOver) resolve({ code: 128, stdout: stdout.all, stderr: `${stderr.all}the shell ended` });
      };
      this.#look();
    });
    clearTimeout(timer);
    this.#look = undefined;
    return ran;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#over;
  }
}

/** What the shell reads: the script as a file of a subshell, which alone a syntax error ends, and nothing on its input. */
const scriptText = (script: string, mark: string): string =>
  [
    `( set -e; . /dev/fd/9 ) 9<<'${mark}' </dev/null`,
    script,
    mark,
    'code=$?',
    `printf '\\n${mark} %s\\n' $code`,
    `printf '\\n${mark} \\n' >&2`,
    '',
  ].join('\n');
