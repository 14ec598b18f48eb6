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
import { many } from './many.ts';

export default defineCommand({
  name: 'trace',
  summary: 'walks a flow through captures as the kernel would, and names what decides each step',
  configure: (command) =>
    command
      .argument('[snapshot...]', 'archives or folders that `leadline capture` or `leadline import` wrote')
      .option('--from <x>', 'a pod (`ns/name`), a captured namespace (`node/netns`), a node, or an address')
      .option('--to <y>', 'the same, or a Service (`svc/ns/name`); `y:port/tcp`, `y:port/udp`, `y/icmp`')
      .option('--at <node>', 'where packets of an address that was not captured come in; else at the node that has the target')
      .option('--sport <port>', 'the source port; else one drawn from the flow')
      .option('--size <bytes>', 'bytes of the IP packet; of tcp, of the request after connecting')
      .option('--df', 'never fragment')
      .option('--flows <file>', 'JSON lines in, JSON lines out in order: flows, or packets of conversations; - is standard input')
      .option('-o, --output <format>', 'text or json', 'text'),
  act: async (typed, world) => {
    const file = textOption(typed.options, 'flows');
    if (typed.args.length === 0 && file !== '-') throw new UsageError('trace needs a capture');
    const opened = typed.args.length === 0 ? undefined : await openSnapshots(typed.args, world);
    if (file !== undefined) await many(file, opened, world);
    else if (opened !== undefined) one(typed, opened, world);
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
    at: textOption(options, 'at'),
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

/** How places are called: a pod by its name beside its namespace. */
function placesOf(facts: Facts): (place: Place) => string {
  const names = new Map(podNamespaces(facts).map(({ scope, name, address }) => [`${scope.node}/${scope.netns}`, name ?? address] as const));
  return ({ node, netns }) => {
    const name = names.get(`${node}/${netns}`);
    return netns === '' ? node : `${node}/${netns}${name === undefined || name === null ? '' : ` (${name})`}`;
  };
}
