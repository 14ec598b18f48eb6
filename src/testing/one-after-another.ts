import assert from 'node:assert/strict';
import type { World } from '#dataplane/world';
import { enumerate } from '#sim/clock/choice';
import { send } from '#sim/packet/send';
import { FRESH, type State } from '#sim/packet/state';
import { type Flow, packetOf } from '#sim/packet/trace';

/** What comes of a flow's packets one after another at these times, in milliseconds: `drop`, `-` for any other end, `?` where it is not known. */
export function dropped(world: World, flow: Flow, times: readonly number[]): readonly string[] {
  let state: State = FRESH;
  return times.map((at) => {
    const { branches } = enumerate((chooser) => send(world, flow.from, packetOf(world, flow), state, chooser, at));
    const [first, ...others] = branches;
    assert.ok(first !== undefined);
    state = first.result.state;
    const isUnsure = others.length > 0 || first.result.disposition === 'unknown';
    return isUnsure ? '?' : first.result.disposition === 'dropped' ? 'drop' : '-';
  });
}
