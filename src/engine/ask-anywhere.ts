import { podNamespaces } from '#dataplane/pods';
import type { World } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { Flow } from '#sim/packet/trace';
import { onNode, type Scope, scopeText } from '#snapshot/scope';
import { askFlow } from './ask.ts';
import type { Answered } from './check.ts';

/** As many places are asked from; where there are more, one pod of each node. */
const MANY = 64;

/** Asks from every captured place, for an error that does not say where it was met: it fails where any place fails. */
export function askAnywhere(target: Omit<Flow, 'from'>, facts: Facts): (world: World) => Answered {
  const places = placesOf(facts);
  return (world) => {
    const answers = places.map((from) => ({ from, answered: askFlow({ ...target, from })(world) }));
    const of = (result: Answered['result']) => answers.filter(({ answered }) => answered.result === result);
    const [failing, unknown] = [of('fail'), of('unknown')];
    const decisive = failing.length > 0 ? failing : unknown.length > 0 ? unknown : answers;
    const [first] = decisive;
    const where = `from ${listed(decisive.map(({ from }) => scopeText(from)))} (of ${places.length})`;
    return {
      result: failing.length > 0 ? 'fail' : unknown.length > 0 || first === undefined ? 'unknown' : 'pass',
      probability: first?.answered.probability ?? null,
      outcomes: decisive.flatMap(({ answered }) => answered.outcomes),
      gaps: failing.length > 0 ? [] : unknown.flatMap(({ answered }) => answered.gaps),
      says: first === undefined ? 'no place was captured that could ask' : `${where}: ${first.answered.says}`,
    };
  };
}

/** Nodes and their pods; a namespace that nothing places demands nothing. */
function placesOf(facts: Facts): readonly Scope[] {
  const nodes = facts.nodes().map(onNode);
  const pods = podNamespaces(facts).flatMap(({ scope, placedBy }) => (placedBy === null ? [] : [scope]));
  if (nodes.length + pods.length <= MANY) return [...nodes, ...pods];
  const first = new Map(pods.toReversed().map((scope) => [scope.node, scope] as const));
  return [...nodes.slice(0, MANY / 2), ...[...first.values()].slice(0, MANY / 2)];
}

const FEW = 3;

const listed = (names: readonly string[]): string =>
  names.length > FEW + 1 ? `${names.slice(0, FEW).join(', ')} and ${names.length - FEW} more` : names.join(', ');
