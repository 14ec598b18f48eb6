import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labEnvironment, type Ran, type RunOptions } from '../world/command.ts';
import { findTool } from '../world/tools.ts';
import { accelerator } from './accelerator.ts';
import { Asked } from './asked.ts';
import { Channel } from './channel.ts';
import { QEMU, type Ready } from './guest.ts';

type Answer = { readonly id: number; readonly code: number; readonly stdout: string | null; readonly stderr: string | null };

const MEMORY_MB = 512;
const PROCESSORS = 2;
const BOOT_LIMIT_MS = 180_000;
const COMMAND_LIMIT_MS = 180_000;
const PORTS = ['commands', 'sender'] as const;
/**
 * Nothing is guarded in a guest that lives for a minute; every wait for all processors is short (rcu_expedited); a timer that comes late on a busy
 * machine is no fault. Both processors read one clock: by themselves AMD's are taken for unsynchronized (arch/x86/kernel/tsc.c unsynchronized_tsc),
 * and each look at the other clock, the HPET, leaves the translated code.
 */
const KERNEL =
  'console=ttyS0 quiet panic=-1 mitigations=off nokaslr cryptomgr.notests init_on_alloc=0 apparmor=0 audit=0 no_timer_check rcupdate.rcu_expedited=1 clocksource=tsc tsc=reliable';

/** A machine with another kernel: commands run in it, and the sender sends in it. It ends with this process. */
export class Machine {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #channels: readonly Channel[];
  readonly #ran: Asked<number, Answer>;
  readonly #sent: Asked<number, string>;
  #commands = 0;
  #sends = 0;

  private constructor(
    child: ChildProcess,
    folder: string,
    channels: readonly Channel[],
    asked: { readonly ran: Asked<number, Answer>; readonly sent: Asked<number, string> },
  ) {
    this.#child = child;
    this.#folder = folder;
    this.#channels = channels;
    this.#ran = asked.ran;
    this.#sent = asked.sent;
  }

  /** Boots; done when the first command has run. */
  static async start(guest: Ready): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'leadline-vm-'));
    const [ran, sent] = [new Asked<number, Answer>(), new Asked<number, string>()];
    let heard = 0;
    const channels = await Promise.all([
      Channel.at(join(folder, 'commands'), (line) => {
        const answer: Answer = JSON.parse(line); // from our own program
        ran.answer(answer.id, answer);
      }),
      Channel.at(join(folder, 'sender'), (line) => sent.answer(++heard, line)),
    ]);
    const [program = '', ...args] = argvOf(guest, folder);
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: labEnvironment() });
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-1000);
    });
    const ended = (why: string): void => {
      const error = new Error(`the guest ${guest.release} ended (${why}): ${complaints.trim()} ${consoleOf(folder)}`);
      for (const asked of [ran, sent]) asked.end(error);
    };
    child.on('error', (error) => ended(error.message));
    child.on('close', (code, signal) => ended(`${code ?? signal}`));
    const machine = new Machine(child, folder, channels, { ran, sent });
    try {
      await machine.run('true', [], { timeoutMs: BOOT_LIMIT_MS });
    } catch (error) {
      const last = consoleOf(folder);
      machine.close();
      throw new Error(`${error instanceof Error ? error.message : String(error)}; its console: ${last}`);
    }
    return machine;
  }

  /** Runs one program in the guest to its end. */
  readonly run = async (program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> => {
    const id = ++this.#commands;
    const timeoutMs = options.timeoutMs ?? COMMAND_LIMIT_MS;
    this.#channels[0]?.write(JSON.stringify({ id, argv: [program, ...args], input: options.input ?? '', timeoutMs }));
    const { code, stdout, stderr } = await this.#ran.ask(id, 2 * timeoutMs, [program, ...args].join(' ').slice(0, 200));
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };

  /** Asks the sender; answers come in the order of the questions. */
  ask(line: string): Promise<string> {
    this.#channels[1]?.write(line);
    return this.#sent.ask(++this.#sends, COMMAND_LIMIT_MS, 'the sender');
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const text = (base64: string | null): string => Buffer.from(base64 ?? '', 'base64').toString('utf8');

/** The end of what the kernel said. */
function consoleOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'console'), 'utf8').trim().slice(-1000);
  } catch {
    return '';
  }
}

function argvOf({ image, initrd }: Ready, folder: string): readonly string[] {
  const ports = PORTS.flatMap((name) => [
    '-chardev',
    `socket,id=${name},path=${join(folder, name)}`,
    '-device',
    `virtserialport,chardev=${name},name=${name}`,
  ]);
  return [
    findTool('setpriv') ?? 'setpriv',
    '--pdeathsig',
    'KILL',
    QEMU,
    ...accelerator(),
    ...['-smp', `${PROCESSORS}`, '-m', `${MEMORY_MB}`],
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-serial', `file:${join(folder, 'console')}`],
    ...['-kernel', image, '-initrd', initrd, '-append', KERNEL],
    ...['-device', 'virtio-serial-pci'],
    ...ports,
  ];
}
