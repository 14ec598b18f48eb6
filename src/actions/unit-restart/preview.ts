import { type Action, defineAction, type Preview } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Scope } from '#snapshot/scope';

/** A systemd unit, started anew. */
export type UnitRestart = { readonly unit: string };

/** Restarts a unit of a node; what its component then does is told by `intent`. */
export const restartUnit = (on: Scope, unit: string): Action<UnitRestart> => ({ do: 'unit-restart', on, params: { unit } });

export default defineAction<UnitRestart>({
  id: 'unit-restart',
  rights: 'root',
  diff: (facts, { on, params: { unit } }) => [`- ${unit} ${unitOf(facts, on, unit)?.active ?? 'as it is'}`, `+ ${unit} restarted`],
  command: ({ params: { unit } }) => `systemctl restart ${unit}`,
  preview,
});

const named = (unit: string): string => (unit.includes('.') ? unit : `${unit}.service`);

function unitOf(facts: Facts, on: Scope, unit: string): FactOf<'unit'> | undefined {
  const units = facts.seen('unit', on);
  return units.is === 'seen' ? units.value.find(({ name }) => named(name) === named(unit)) : undefined;
}

/** The unit is active afterwards; its process is there with the arguments that the unit's file gives it. */
function preview(facts: Facts, { on, params: { unit } }: Action<UnitRestart>): Preview {
  const now = unitOf(facts, on, unit);
  if (now === undefined) return { is: 'facts', facts };
  const { origin: _, ...rest } = now;
  const active: Edit = { op: 'put', kind: 'unit', scope: on, fact: { ...rest, active: 'active', activeSinceMs: undefined } };
  return { is: 'facts', facts: edit(facts, [active, ...processEdits(facts, on, now)], 'unit-restart') };
}

function processEdits(facts: Facts, on: Scope, unit: FactOf<'unit'>): readonly Edit[] {
  const command = unit.directives?.get('Service.ExecStart')?.at(-1);
  const processes = facts.seen('process', on);
  if (command === undefined || processes.is === 'gap' || command.includes('$')) return [];
  const argv = command
    .trim()
    .replace(/^[-@:+!]+/, '')
    .split(/\s+/);
  const name = argv[0]?.split('/').at(-1) ?? '';
  if (processes.value.some((one) => one.name === name && one.argv.join(' ') === argv.join(' '))) return [];
  const gone = processes.value.filter((one) => one.name === name && one.unit === unit.name);
  return [
    ...gone.map((one): Edit => ({ op: 'delete', kind: 'process', scope: on, key: `${one.name} ${one.argv.join(' ')}` })),
    { op: 'put', kind: 'process', scope: on, fact: { pid: 0, name, argv, startTicks: undefined, unit: unit.name } },
  ];
}
