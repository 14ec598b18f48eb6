import { rmSync, writeFileSync } from 'node:fs';
import { type Capturer, NODE } from '../conform/stage/model.ts';
import { leadline } from '../product.ts';
import type { Machine } from './machine.ts';

const SCRIPT = '/run/capture.sh';
const LIMIT_MS = 120_000;
/** The script ends what reads its namespaces after a minute (`collect/script/running.ts`): a capture that took as long is not whole. */
const CUT_MS = 60_000;
const TRIES = 3;

/**
 * Captures the guest as a machine without Node is captured: by the script; what it prints becomes a folder here. On a busy machine a
 * translated guest may need longer than the script gives itself: that capture is taken again, and at last nobody judges by it.
 */
export async function guestCapturer(machine: Pick<Machine, 'run'>, now = (): number => performance.now()): Promise<Capturer> {
  const { stdout: script, code, stderr } = await leadline(['capture', '--script']);
  if (code !== 0) throw new Error(`leadline capture --script: ${stderr}`);
  await must(machine, ['sh', '-c', `cat >${SCRIPT}`], script);
  return {
    ask: async (folder) => {
      const stream = `${folder}.stream`;
      writeFileSync(stream, await wholeCapture(machine, now));
      rmSync(folder, { recursive: true, force: true });
      const merged = await leadline(['merge', stream, '--out', folder]);
      if (merged.code !== 0) throw new Error(`leadline merge: ${merged.stderr.trim().slice(-500)}`);
    },
    close: () => {},
  };
}

async function wholeCapture(machine: Pick<Machine, 'run'>, now: () => number): Promise<string> {
  for (let left = TRIES; left > 0; left--) {
    const began = now();
    const stream = await must(machine, ['sh', SCRIPT, '--looks', '1', '--every', '0', '--node', NODE, '--out', '-']);
    if (now() - began < CUT_MS) return stream;
  }
  throw new Error(`the machine is too busy: each of ${TRIES} captures of the guest was cut after a minute`);
}

async function must(machine: Pick<Machine, 'run'>, [program = '', ...args]: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await machine.run(program, args, { input, timeoutMs: LIMIT_MS });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} in the guest: ${(stderr || stdout).trim().slice(-500)}`);
  return stdout;
}
