import { assignmentsOf } from '../assignments.ts';
import { bridgeOf, type DockerOptions, optionsOfFlags } from '../docker.ts';
import { booleanAt, member, numberAt, readJson, textAt } from '../document.ts';
import { defineFormat, type Input, lineOf, type Parsed, reading } from '../format.ts';
import { wordsOf } from '../lines.ts';

const placeOf = (input: Input): string => input.argv[1] ?? input.file;

/** daemon.json: an option that is left out is not set here. */
function fromJson(input: Input): Parsed {
  const read = readJson(input.text);
  if (!('value' in read)) return { readings: [], problems: [{ line: 1, why: read.why }] };
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) {
    return { readings: [], problems: [{ line: 1, why: 'no object' }] };
  }
  const given = (name: string): boolean => member(read.value, name) !== undefined;
  const fact: DockerOptions = {
    place: placeOf(input),
    ...bridgeOf(given('bip') ? (textAt(read.value, 'bip') ?? '?') : undefined),
    mtu: given('mtu') ? numberAt(read.value, 'mtu') : null,
    ipMasq: given('ip-masq') ? booleanAt(read.value, 'ip-masq') : null,
    iptables: given('iptables') ? booleanAt(read.value, 'iptables') : null,
    origin: lineOf(input, 1),
  };
  return { readings: [reading('docker-options', [fact], [placeOf(input)])], problems: [] };
}

/** Environment files with dockerd's flags: /run/flannel/docker (mk-docker-opts.sh), /etc/sysconfig/docker-network, /etc/default/docker. */
function fromEnvironment(input: Input): Parsed {
  const { assignments, others } = assignmentsOf(input.text);
  const options = assignments.filter(({ name }) => /^DOCKER_|^OPTIONS$/.test(name));
  const words = options.flatMap(({ value }) => wordsOf(value));
  const facts = options.length === 0 ? [] : [optionsOfFlags(placeOf(input), words, lineOf(input, options[0]?.line ?? 1))];
  return {
    readings: [reading('docker-options', facts, [placeOf(input)])],
    problems: others.map((line) => ({ line, why: 'no assignment' })),
  };
}

/** Docker's bridge options where they are written down. */
export default defineFormat({
  id: 'docker-options',
  is: "Docker's bridge options (/run/flannel/docker, daemon.json, /etc/sysconfig/docker, /etc/default/docker)",
  tells: ['docker-options'],
  recognise: (head) => {
    if (/^(?:export )?DOCKER_(?:OPT_\w+|OPTS|NETWORK_OPTIONS|STORAGE_OPTIONS)=/m.test(head)) return 0.98;
    if (!/^\s*\{/.test(head)) return 0;
    const names = head.match(
      /"(?:bip|mtu|ip-masq|iptables|storage-driver|log-driver|log-opts|exec-opts|registry-mirrors|insecure-registries|live-restore|data-root)"\s*:/g,
    );
    return names === null || /"(?:kind|ifname|cniVersion)"\s*:/.test(head) ? 0 : Math.min(0.9, 0.5 + 0.2 * names.length);
  },
  parse: (input) => (/^\s*(?:#[^\n]*\n\s*)*\{/.test(input.text.slice(0, 4096)) ? fromJson(input) : fromEnvironment(input)),
});
