import { actions } from '#actions/actions';
import type { Action, ActionDefinition, Preview } from '#change/change';
import type { Facts } from '#facts/facts';
import { components } from '#intent/components';
import type { Component } from '#intent/component';
import type { Gap } from '#snapshot/gap';
import type { Plan } from './plan.ts';

const definitions: ReadonlyMap<string, ActionDefinition<unknown>> = new Map(
  (actions as readonly unknown[] as readonly ActionDefinition<unknown>[]).map((definition) => [definition.id, definition]),
);

/** The pure half of an action by its id. An unknown id is a bug of whoever made the plan. */
export function definitionOf(action: Action): ActionDefinition<unknown> {
  const definition = definitions.get(action.do);
  if (definition === undefined) throw new Error(`no such action: ${action.do}`);
  return definition;
}

/** The facts after one action and the measured reactions of the components to it. */
export function previewAction(facts: Facts, action: Action): Preview {
  const preview = definitionOf(action).preview(facts, action);
  if (preview.is === 'unknown') return preview;
  const reacted = (components as readonly unknown[] as readonly Component[]).reduce(
    (now, component) => component.reacts(facts, now, action),
    preview.facts,
  );
  return { is: 'facts', facts: reacted };
}

/** What a plan does to the model: its steps; of a plan for a person what that comes to, as far as it is told. */
export const changesOf = ({ steps, byHand }: Plan): readonly Action[] => (steps.length > 0 ? steps : (byHand ?? []));

/** The facts after a whole plan; what a plan for a person comes to may not be known. */
export function previewPlan(facts: Facts, plan: Plan): Preview {
  const changes = changesOf(plan);
  if (changes.length === 0) return { is: 'unknown', gap: notTold };
  let now = facts;
  for (const action of changes) {
    const preview = previewAction(now, action);
    if (preview.is === 'unknown') return preview;
    now = preview.facts;
  }
  return { is: 'facts', facts: now };
}

const notTold: Gap = {
  of: 'plan',
  scope: { node: '', netns: '' },
  why: 'not modelled',
  detail: 'the mend is a plan for a person; nothing previews it',
};
