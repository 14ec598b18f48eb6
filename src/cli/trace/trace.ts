import { podNamespaces } from '#dataplane/pods';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { traceJson } from '#report/trace-json';
import { traceText } from '#report/trace-text';
import type { Place } from '#sim/packet/outcome';
import { trace } from '#sim/packet/trace';
import { defineCommand, EXIT, flagOption, numberOption, textOption, type Typed, UsageError } from '../command.ts';
import { type Opened, openSnapshots } from '../open.ts';
import type { World } from '../world.ts';
import { type Asked, flowOf } from './flow.ts';
import { type FlowLine, flowLines, usageText } from './lines.ts';

export default defineCommand({
  name: 'trace',
  summary: 'walks a flow through captures as the kernel would, and names what decides each step',
  configure: (command) =>
    command
      .argument('<snapshot...>', 'archives or folders that `leadline capture` or `leadline import` wrote')
      .option('--from <x>', 'a pod (`ns/name`), a captured namespace (`node/netns`), a node, or an address')
      .option('--to <y>', 'the same, or a Service (`svc/ns/name`); `y:port/tcp`, `y:port/udp`, `y/icmp`')
      .option('--sport <port>', 'the source port; else one drawn from the flow')
      .option('--size <bytes>', 'bytes of the IP packet; of tcp, of the request after connecting')
      .option('--df', 'never fragment')
      .option('--flows <file>', 'JSON lines (id, from, to, port, proto, sport, size, df) in, JSON lines out in order')
      .option('-o, --output <format>', 'text or json', 'text'),
  act: async (typed, world) => {
    const opened = await openSnapshots(typed.args, world);
    const file = textOption(typed.options, 'flows');
    if (file === undefined) one(typed, opened, world);
    else await many(file, opened, world);
    return EXIT.fine;
  },
});

function one({ options }: Typed, { facts, quote }: Opened, world: World): void {
  const from = textOption(options, 'from');
  const to = textOption(options, 'to');
  if (from === undefined || to === undefined) throw new UsageError('trace needs --from and --to, or --flows');
  const asked: Asked = {
    from,
    to,
    sport: numberOption(options, 'sport'),
    size: numberOption(options, 'size'),
    df: flagOption(options, 'df') ? true : undefined,
  };
  const { flow, title } = flowOf(asked, facts);
  const traced = trace(worldOf(facts), flow);
  const format = textOption(options, 'output');
  if (format === 'json') world.print(JSON.stringify(traceJson(traced, quote), null, 2));
  else if (format === 'text') world.print(traceText(traced, { flow: title, place: placesOf(facts) }, quote));
  else throw new UsageError(`--output takes text or json, not ${JSON.stringify(format)}`);
}

async function many(file: string, { facts, quote }: Opened, world: World): Promise<void> {
  if (!(await world.files.exists(file))) throw new UsageError(`${file} is not there`);
  for (const line of flowLines((await world.files.read(file)).toString('utf8'))) {
    world.print(JSON.stringify({ id: line.id, ...answerTo(line, facts, quote) }));
  }
}

function answerTo(line: FlowLine, facts: Facts, quote: Opened['quote']): object {
  if ('error' in line) return { error: line.error };
  try {
    return traceJson(trace(worldOf(facts), flowOf(line.asked, facts).flow), quote);
  } catch (error) {
    return { error: usageText(error) };
  }
}

/** How places are called: a pod by its name beside its namespace. */
function placesOf(facts: Facts): (place: Place) => string {
  const names = new Map(podNamespaces(facts).map(({ scope, name, address }) => [`${scope.node}/${scope.netns}`, name ?? address] as const));
  return ({ node, netns }) => {
    const name = names.get(`${node}/${netns}`);
    return netns === '' ? node : `${node}/${netns}${name === undefined || name === null ? '' : ` (${name})`}`;
  };
}
