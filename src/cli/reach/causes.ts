import type { Check } from '#engine/check';
import { diagnose } from '#engine/diagnose';
import { invariants } from '#engine/invariants';
import { flowCheck } from '#engine/invariants/flow-check';
import type { Cell, ReachMatrix } from '#engine/reach/matrix';
import type { By } from '#engine/reach/pair';
import { subjectText } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { known } from '../faults/faults.ts';

/** The finding that explains why a pair fails: `vxlan-fdb-missing link/A→D`. */
export type Findings = ReadonlyMap<Cell, string>;

/** So many failing pairs are asked for their cause. */
const MOST = 60;

/** Diagnoses what failed by its path; what policies deny needs no cause. */
export function causesOf({ cells }: ReachMatrix, facts: Facts, by: By): Findings {
  if (by === 'policy') return new Map();
  const failing = cells.filter(({ sample }) => sample.cause?.is === 'path').slice(0, MOST);
  if (failing.length === 0) return new Map();
  const asked = failing.flatMap((cell, index) => checkOf(cell, index));
  const { findings } = diagnose(facts, known, [...invariants(facts), ...asked.map(({ check }) => check)]);
  const byCheck = new Map(
    findings.flatMap(({ fault, subject, explains }) => explains.map((id) => [id, `${fault.id} ${subjectText(subject)}`] as const)),
  );
  return new Map(
    asked.flatMap(({ cell, check }) => {
      const finding = byCheck.get(check.id);
      return finding === undefined ? [] : [[cell, finding] as const];
    }),
  );
}

function checkOf(cell: Cell, index: number): readonly { readonly cell: Cell; readonly check: Check }[] {
  const flow = cell.sample.path?.flow;
  if (flow == null) return [];
  const title = `${cell.sample.from.name}→${cell.sample.to.name}${cell.family === null ? '' : ` over IPv${cell.family}`}`;
  return [{ cell, check: flowCheck('reach', `${index} ${title}`, flow, { en: `${title} answers`, zh: `${title} 能通` }, 'user') }];
}
