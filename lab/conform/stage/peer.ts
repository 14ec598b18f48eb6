import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { labEnvironment } from '../../world/command.ts';

const LIMIT_MS = 60_000;

/** A program that answers each line of its input with one line; it is started once and asked often. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] = [];
  readonly #name: string;
  #complaints = '';
  #timer: NodeJS.Timeout | undefined;
  #ended: Error | undefined;

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = labEnvironment()) {
    this.#name = `${program} ${args[1] ?? ''}`.trim();
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on('error', () => {});
    stderr?.on('data', (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-2000);
    });
    if (stdout !== null) createInterface({ input: stdout }).on('line', (line) => this.#heard(line));
    this.#child.on('error', (error) => this.#end(error.message));
    this.#child.on('close', (code, signal) => this.#end(`ended with ${code ?? signal}`));
  }

  /** Asks one question; answers come in the order of the questions. One that does not come in time ends the program. */
  ask(line: string): Promise<string> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${line}\n`);
      this.#timer ??= setTimeout(() => this.#end('no answer'), LIMIT_MS);
    });
  }

  close(): void {
    this.#child.stdin?.end();
    this.#child.kill('SIGKILL');
  }

  #heard(line: string): void {
    this.#waiting.shift()?.resolve(line);
    clearTimeout(this.#timer);
    this.#timer = this.#waiting.length === 0 ? undefined : setTimeout(() => this.#end('no answer'), LIMIT_MS);
  }

  #end(why: string): void {
    this.#ended ??= new Error(`${this.#name}: ${why}: ${this.#complaints.trim()}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
