import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { sharesOf } from './shares.ts';

const nodes = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `n${at}`);
const services = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `default/s${at}:http` }));
const [one, other] = [ip`10.244.1.2`, ip`10.244.2.2`];

test('of very many Services each node is asked for a share, and each Service by as many nodes', () => {
  const [asking, all] = [nodes(20), services(2000)];
  const isAsked = sharesOf(new Map(asking.map((node) => [node, all])), []);
  for (const node of asking) assert.equal(all.filter((front) => isAsked(node, front)).length, 400);
  for (const front of all) assert.equal(asking.filter((node) => isAsked(node, front)).length, 4);
});

test('few are all asked for, and however many there are each is asked for somewhere', () => {
  const few = sharesOf(new Map(nodes(20).map((node) => [node, services(100)])), []);
  assert.ok(nodes(20).every((node) => services(100).every((front) => few(node, front))));
  const many = services(30_000);
  const isAsked = sharesOf(new Map(nodes(2).map((node) => [node, many])), []);
  assert.ok(many.every((front) => nodes(2).some((node) => isAsked(node, front))));
});

test('a node that leads a Service elsewhere than most, or nowhere, is asked for it', () => {
  const [asking, all] = [nodes(20), services(2000)];
  const served = asking
    .filter((node) => node !== 'n7')
    .flatMap((node) => all.map(({ name }) => ({ node, service: name, endpoint: node === 'n3' && name === all[1]?.name ? other : one })));
  const isAsked = sharesOf(new Map(asking.map((node) => [node, all])), served);
  assert.ok(all.every((front) => isAsked('n7', front)));
  const odd = all.filter((front) => isAsked('n3', front) && !isAsked('n8', front));
  assert.deepEqual(odd, [all[1]]);
});
