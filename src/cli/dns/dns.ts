import { resolveEndpoint } from '#dataplane/endpoints';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { everyLookup } from '#sim/dns/every-lookup';
import type { Scope } from '#snapshot/scope';
import { defineCommand, EXIT, textOption, type Typed, UsageError } from '../command.ts';
import { openSnapshots } from '../open.ts';
import { predictionJson, predictionText } from './prediction.ts';

export default defineCommand({
  name: 'dns',
  summary: 'predicts what a lookup does: each packet with its time and source port, and what the application gets',
  configure: (command) =>
    void command
      .argument('<predict>', 'what to do: predict')
      .argument('<snapshot...>', 'archives or folders that `leadline capture` wrote')
      .requiredOption('--from <pod>', 'who asks: `ns/pod`, or a captured namespace')
      .requiredOption('--name <name>', 'what is asked for, with a trailing dot: `kubernetes.default.svc.cluster.local.`')
      .option('-o, --output <format>', 'text or json', 'text'),
  act: async (typed, world) => {
    const [verb, ...paths] = typed.args;
    if (verb !== 'predict') throw new UsageError(`dns can predict, not ${JSON.stringify(verb ?? '')}`);
    const { facts } = await openSnapshots(paths, world);
    const from = startOf(facts, textOption(typed.options, 'from') ?? '');
    const prediction = everyLookup({ world: worldOf(facts), from, resolvConf: resolverOf(facts, from), name: nameIn(typed) });
    const text =
      textOption(typed.options, 'output') === 'json' ? JSON.stringify(predictionJson(prediction), null, 2) : predictionText(prediction);
    world.print(text);
    return EXIT.fine;
  },
});

function startOf(facts: Facts, text: string): Scope {
  const from = resolveEndpoint(facts, text);
  if (from.is === 'problem') throw new UsageError(from.says);
  if (from.endpoint.scope === null) throw new UsageError(`${text} was not captured: a lookup starts in a captured pod, namespace or node`);
  return from.endpoint.scope;
}

function resolverOf(facts: Facts, from: Scope): FactOf<'resolv-conf'> {
  const read = facts.seen('resolv-conf', from);
  const own = read.is === 'gap' ? undefined : read.value.find(({ path }) => path === '/etc/resolv.conf');
  if (own === undefined) throw new UsageError('its resolv.conf was not captured');
  return own;
}

/** A name that is asked for as it is; search lists are not modelled yet. */
function nameIn({ options }: Typed): string {
  const name = textOption(options, 'name') ?? '';
  if (!/^([\w-]{1,63}\.)+$/.test(name) || name.length > 254)
    throw new UsageError(`--name takes a name with a trailing dot, not ${JSON.stringify(name)}: search lists are not modelled`);
  return name;
}
