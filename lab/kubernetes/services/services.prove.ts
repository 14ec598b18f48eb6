import { mkdirSync } from 'node:fs';
import { readArguments, numberIn } from '../../arguments.ts';
import { enterLab, isInside } from '../../inside.ts';
import { proveServices } from './prove.ts';

/** node lab/kubernetes/services/services.prove.ts [--seed S] [--services N] [--packets N]: the rules of the real kube-proxy, judged by packets. */
async function main(args: readonly string[]): Promise<number> {
  const { value } = readArguments(args, ['seed', 'services', 'packets'], []);
  const seed = value('seed') ?? String(Date.now());
  mkdirSync('/run/kubernetes', { recursive: true });
  const shape = { services: numberIn(value('services'), 40, 500), packets: numberIn(value('packets'), 600, 20_000) };
  const wrong = await proveServices(seed, shape, (line) => process.stdout.write(`${line}\n`));
  return wrong === 0 ? 0 : 1;
}

process.exit(
  isInside()
    ? await main(process.argv.slice(2)).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        return 2;
      })
    : await enterLab(import.meta.url, process.argv.slice(2)),
);
