import action, { setLinkUp } from '#actions/link/preview';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { name, scope, uplink, address } = healthy.node('D');
const others = healthy.nodes.filter((node) => node.name !== name);

const down = action.preview(healthy.facts, setLinkUp(scope, uplink, false));
if (down.is === 'unknown') throw new Error(down.gap.detail);

/** As the others see it: nobody answers for its address. */
const unanswered = (built: BuiltCluster): BuiltCluster =>
  others.reduce(
    (now, node) => now.change('neighbour', node.scope, (entry) => entry.address === address, { mac: null, state: 'failed' }),
    built,
  );

const absentee = healthy.withoutNode(name);

cases(fault, {
  found: [
    { name: 'its uplink is down', facts: unanswered(healthy.having(down.facts)).facts, subject: 'node/D' },
    {
      name: 'its uplink has no carrier',
      facts: unanswered(healthy.link(scope, uplink, { carrier: false, operState: 'DOWN' })).facts,
      subject: 'node/D',
    },
    { name: 'it was not captured, and nobody answers for its address', facts: unanswered(absentee).facts, subject: `node/${address}` },
  ],
  absent: [
    { name: 'every uplink is up', facts: healthy.facts },
    { name: 'it was not captured and answers', facts: absentee.facts },
    {
      name: 'one node asked in vain while the uplink is up: something in between',
      facts: healthy.change('neighbour', healthy.node('A').scope, (entry) => entry.address === address, { mac: null, state: 'failed' })
        .facts,
      subject: 'node/D',
    },
  ],
  unknown: [
    {
      name: 'it was not captured, and nobody asked for its address',
      facts: others.reduce((now, node) => now.drop('neighbour', node.scope, (entry) => entry.address === address), absentee).facts,
      subject: `node/${address}`,
    },
  ],
});
