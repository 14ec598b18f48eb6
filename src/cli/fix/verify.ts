import { endedIn } from '#actions/run-in';
import { type Archive, BrokenArchive, snapshotOf } from '#collect/archive/archive';
import { captureNode } from '#collect/capture';
import type { AskedCheck } from '#engine/check';
import { diagnose, verdictIn } from '#engine/diagnose';
import type { Finding } from '#engine/finding';
import { invariants } from '#engine/invariants';
import { subjectText } from '#engine/subject';
import type { ParseMemo } from '#parsers/parse-memo';
import { combine } from '#snapshot/combine';
import type { Origin } from '#snapshot/origin';
import type { Snapshot } from '#snapshot/snapshot';
import { known } from '../faults/faults.ts';
import { openedFrom } from '../open.ts';
import { connecting } from '../probe/connecting.ts';
import { isAnswer } from '../probe/probe.ts';
import { VERSION } from '../version.ts';
import type { World } from '../world.ts';
import { changesObjects, freshObjects } from './fresh-objects.ts';

/** What looking again said of a mend. */
export type Verified = {
  readonly is: 'mended' | 'not mended' | 'not verified';
  readonly says: string;
  /** Nodes whose captures are from before the mend, and which the verdict rests on. */
  readonly restsOn: readonly string[];
  readonly probes: readonly { readonly check: string; readonly answered: boolean }[];
};

/** What was known before the mend, the node that was mended, and what was parsed already. */
type Before = { readonly snapshot: Snapshot; readonly node: string; readonly memo: ParseMemo };

/** Captures this node again, and the API's objects where the mend changed them, lays it over what was known, judges again, and sends real packets where it can. */
export async function verify(finding: Finding, { snapshot, node, memo }: Before, world: World): Promise<Verified> {
  const objects = changesObjects(finding.fix) ? await freshObjects(world) : undefined;
  const seen = await lookedAgain(node, world);
  if (seen instanceof BrokenArchive)
    return { is: 'not verified', says: `${node} could not be captured again: ${seen.message}`, restsOn: [node], probes: [] };
  const { facts } = openedFrom(combine([snapshot, snapshotOf(seen), ...(objects === undefined ? [] : [objects])]), memo);
  const diagnosis = diagnose(facts, known, invariants(facts));
  const subject = subjectText(finding.subject);
  const verdict = verdictIn(diagnosis, finding.fault.id, subject);
  const again = diagnosis.findings.find((one) => one.fault.id === finding.fault.id && subjectText(one.subject) === subject);
  const restsOn = again === undefined ? [] : nodesIn(again.evidence).filter((one) => one !== node);
  const probes = await probesOf(finding, diagnosis.checks, node, world);
  if (verdict === 'absent') return { is: 'mended', says: `${finding.fault.id} ${subject} is absent`, restsOn: [], probes };
  if (probes.length > 0 && probes.every(({ answered }) => answered)) {
    return { is: 'mended', says: 'real packets get through again', restsOn, probes };
  }
  if (restsOn.length > 0 || verdict === 'unknown') {
    return {
      is: 'not verified',
      says: `the verdict rests on captures from before the mend: ${restsOn.join(', ') || 'not all was captured'}`,
      restsOn,
      probes,
    };
  }
  return { is: 'not mended', says: `${finding.fault.id} ${subject} is still there`, restsOn, probes };
}

/** This node as it is now, or why it cannot be captured: what was done is not undone for that. */
const lookedAgain = (node: string, world: World): Promise<Archive | BrokenArchive> =>
  captureNode({ node, looks: 1, everySeconds: 1 }, VERSION, world).catch((error: unknown) => {
    if (error instanceof BrokenArchive) return error;
    throw error;
  });

/** Nodes whose captures an evidence list quotes. */
const nodesIn = (evidence: readonly Origin[]): readonly string[] => [
  ...new Set(evidence.flatMap(({ file }) => /^nodes\/([^/]+)\//.exec(file)?.[1] ?? [])),
];

const MAX_PROBES = 4;
const PROBE_PORT = 8080;

/** Real TCP connections for the explained checks that start on this node. */
async function probesOf(finding: Finding, checks: readonly AskedCheck[], node: string, world: World): Promise<Verified['probes']> {
  const mine = checks
    .filter(({ id, flow }) => finding.explains.includes(id) && flow?.from.node === node && flow.protocol !== 'udp')
    .slice(0, MAX_PROBES);
  const namespaces = [...new Set(mine.map(({ flow }) => flow?.from.netns ?? ''))];
  const probed = await Promise.all(
    namespaces.map(async (netns) => {
      const own = mine.filter(({ flow }) => (flow?.from.netns ?? '') === netns);
      const targets = own.map(({ flow }) => ({ address: flow?.to ?? '', port: flow?.port ?? PROBE_PORT }));
      const said = await endedIn({ node, netns }, connecting(targets), world).then(
        (ended) => ended.said.split('\n'),
        () => [],
      );
      return own.map(({ id }, at) => ({ check: id, answered: isAnswer(said[at]) }));
    }),
  );
  return probed.flat();
}
