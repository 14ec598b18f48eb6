import { cpSync } from 'node:fs';
import { readArguments } from '../arguments.ts';
import { enterLab, isInside } from '../inside.ts';
import { type Area, AREAS } from './draw/construct.ts';
import { drawScene } from './draw/draw-scene.ts';
import { registry } from './draw/registry.ts';
import { play } from './play/play.ts';
import { Tally } from './play/tally.ts';
import { Model } from './stage/model.ts';
import { Stages } from './stage/stages.ts';
import { Wire } from './stage/wire.ts';
import { buildWire } from './wire/build.ts';

/** node lab/conform/try.ts AREA SEED [--packets N] [--changes STEP] [--capture DIR]: one scene by hand, with everything that was found; the capture is that after the change. */
const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(args: readonly string[]): Promise<number> {
  if (!isInside()) return enterLab(import.meta.url, args);
  const { words, value } = readArguments(args, ['packets', 'capture', 'changes'], []);
  const area = AREAS.find((one) => one === words[0]) ?? ('filter' satisfies Area);
  const program = await buildWire();
  if (program.is === 'missing') throw new Error(program.reason);
  const scene = drawScene(
    await registry(),
    area,
    words[1] ?? '1',
    Number(value('packets') ?? '200'),
    value('changes') === undefined ? undefined : Number(value('changes')),
  );
  const [wire, model] = [new Wire(program.path), new Model()];
  const capture = value('capture');
  const started = performance.now();
  const { played: all } = await play({ wire, model, stages: new Stages(), folder: '/run/conform', decided: new Tally() }, [scene], 100);
  const [played] = all;
  if (capture !== undefined)
    cpSync(value('changes') === undefined ? '/run/conform/capture' : '/run/conform/capture1', capture, { recursive: true });
  wire.close();
  model.close();
  for (const { rule, says } of played?.refused ?? []) print(`refused: ${JSON.stringify(rule)}: ${says}`);
  for (const { in: at, ...rule } of scene.rules) print(`${at}: ${'text' in rule ? rule.text : rule.run}`);
  const judged = played?.told.flatMap((told) => told.judged) ?? [];
  for (const { is, differs, sent, outcome } of judged) {
    if (is === 'other')
      print(
        `✘ ${JSON.stringify(sent.packet)}\n   ${differs.join('\n   ')}\n   ${JSON.stringify(outcome?.walks.map(({ code, says }) => [code, says]))}`,
      );
  }
  for (const { says } of played?.disconnected ?? []) print(`✘ ${says}`);
  for (const one of played?.miscounted ?? []) print(`✘ ${JSON.stringify(one)}`);
  for (const [line, changed] of played?.decided ?? [])
    print(
      `without ${line} ${JSON.stringify(played?.lines.get(line) ?? played?.facts.find(({ at }) => at === line)?.rule)}: ${changed} otherwise`,
    );
  const count = (is: string): number => judged.filter((one) => one.is === is).length;
  print(
    `${judged.length} packets: ${count('same')} same, ${count('unknown')} unknown, ${count('other')} other, ${Math.round(performance.now() - started)} ms`,
  );
  return count('other') === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
