import { worldOf } from '#dataplane/world';
import { endsNamed, nodeEnds, podEnds, type ReachEnd, serviceEnds } from '#engine/reach/end';
import { reachMatrix } from '#engine/reach/matrix';

import type { AskedPort } from '#engine/reach/policy-side';
import type { Facts } from '#facts/facts';
import { reachJson } from '#report/reach-json';
import { reachText, reachWide } from '#report/reach-text';
import { choiceOption, defineCommand, EXIT, listOption, repeated, textOption, type Typed, UsageError } from '../command.ts';
import { openSnapshots } from '../open.ts';
import { causesOf } from './causes.ts';
import { answerPairs } from './pairs.ts';

export default defineCommand({
  name: 'reach',
  summary: 'tells who reaches whom, by policy and by path, with the cause of each no',
  configure: (command) =>
    void command
      .argument('<snapshot...>', 'archives or folders that `leadline capture` or `leadline import` wrote')
      .option('--from <who>', 'a pod, node, address, `ns/*`, `pods` or `nodes`; repeatable; else all pods and nodes', repeated, [])
      .option('--to <whom>', 'the same, or a Service (`svc/ns/name`), `services`; repeatable; else all pods and Services', repeated, [])
      .option('--port <port>', '`80`, `53/udp`, or `icmp`; else the ports that each target offers')
      .option('--by <what>', 'both, policy or path', 'both')
      .option('--pairs <file>', 'JSON lines (id, from, to, port, proto) in, JSON lines out in order')
      .option('-o, --output <format>', 'text, wide (a matrix) or json', 'text'),
  act: async (typed, world) => {
    const { options } = typed;
    const by = choiceOption(options, 'by', ['both', 'policy', 'path']);
    const format = choiceOption(options, 'output', ['text', 'wide', 'json']);
    const port = portOf(textOption(options, 'port'));
    const { facts, quote } = await openSnapshots(typed.args, world);
    const file = textOption(options, 'pairs');
    if (file !== undefined) {
      await answerPairs(file, facts, by, quote, world);
      return EXIT.fine;
    }
    const matrix = reachMatrix(worldOf(facts), { ...endsOf(typed, facts), port, by });
    const findings = causesOf(matrix, facts, by);
    if (format === 'json') world.print(JSON.stringify(reachJson(matrix, facts, findings, quote), null, 2));
    else world.print(format === 'wide' ? reachWide(matrix) : reachText(matrix, facts, findings));
    return EXIT.fine;
  },
});

type Ends = { readonly from: readonly ReachEnd[]; readonly to: readonly ReachEnd[] };

/** Who is asked about; nobody at all is a usage error. */
function endsOf({ options }: Typed, facts: Facts): Ends {
  const from = named(listOption(options, 'from'), facts) ?? [...podEnds(facts), ...nodeEnds(facts)];
  const to = named(listOption(options, 'to'), facts) ?? [...podEnds(facts), ...serviceEnds(facts)];
  const service = from.find(({ kind }) => kind === 'service');
  if (service !== undefined) throw new UsageError(`${service.name} sends nothing by itself: --from takes pods, nodes and addresses`);
  if (from.length === 0 || to.length === 0) throw new UsageError('the snapshot has no pods and nodes that could be asked about');
  return { from, to };
}

function named(texts: readonly string[], facts: Facts): readonly ReachEnd[] | undefined {
  if (texts.length === 0) return undefined;
  return texts.flatMap((text) => {
    const found = endsNamed(facts, text);
    if (typeof found === 'string') throw new UsageError(found);
    return found;
  });
}

const MAX_PORT = 65_535;

/** `80`, `80/tcp`, `icmp`; nothing where none is asked for. */
export function portOf(text: string | undefined): AskedPort | undefined {
  if (text === undefined) return undefined;
  if (text === 'icmp') return null;
  const [, digits = '', protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port < 1 || port > MAX_PORT) throw new UsageError(`--port takes 80, 53/udp or icmp, not ${JSON.stringify(text)}`);
  return { port, protocol: protocol === 'udp' ? 'UDP' : protocol === 'sctp' ? 'SCTP' : 'TCP' };
}
