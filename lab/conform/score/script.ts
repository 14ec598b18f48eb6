import type { Layout } from '../draw/layout.ts';
import type { Rule } from '../draw/rule.ts';
import type { Scene } from '../draw/scene.ts';
import { restoreText } from '../stage/load.ts';

/** A scene as a shell script that anybody can run: namespaces, wiring, rules; the packets stand below as they are sent. */
export function scriptOf(scene: Scene, found: readonly string[]): string {
  const { layout, rules, conversations } = scene;
  return [
    '#!/bin/sh',
    ...found.map((line) => `# ${line}`),
    'set -e',
    'at() { ns=$1; shift; ip netns exec "$ns" "$@"; }',
    ...wiring(layout),
    ...loading(rules),
    ...conversations.flatMap(({ steps }) => ['# one conversation:', ...steps.map((step) => `#   ${JSON.stringify(step)}`)]),
  ].join('\n');
}

const plain = (line: string): string => line.replaceAll(/@([a-z]\w*)/g, '$1');

const wiring = ({ namespaces, lines }: Layout): readonly string[] => [
  ...namespaces.map(({ name }) => `ip netns add ${name}; ip -n ${name} link set lo up`),
  ...lines.map(({ in: namespace, run }) => `at ${namespace} sh -c '${plain(run)}'`),
];

function loading(rules: readonly Rule[]): readonly string[] {
  const lines = rules.flatMap((rule) => (rule.form === 'line' ? [`at ${rule.in} sh -c '${rule.run}'`] : []));
  const tables = Map.groupBy(
    rules.filter((rule) => rule.form === 'iptables'),
    ({ in: namespace, backend, family }) => `at ${namespace} ip${family === 6 ? '6' : ''}tables-${backend}-restore`,
  );
  const native = Map.groupBy(
    rules.filter((rule) => rule.form === 'nft'),
    ({ in: namespace }) => `at ${namespace} nft -f -`,
  );
  return [
    ...lines,
    ...[...tables].map(([command, own]) => `${command} <<'E'\n${restoreText(own).text}E`),
    ...[...native].map(([command, own]) => `${command} <<'E'\n${own.map(({ text }) => text).join('\n')}\nE`),
  ];
}
