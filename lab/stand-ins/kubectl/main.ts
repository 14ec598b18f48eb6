import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reconciled } from '../../api/controllers.ts';
import type { ApiObject } from '../../api/objects.ts';
import { type Json, merged, patched } from './patch.ts';
import { listed, listText } from './list.ts';
import { isClusterWide, isNamed, nameOf, readObjects, resourceOf, writeObjects } from './store.ts';

const OPTIONS = {
  namespace: { type: 'string', short: 'n', default: 'default' },
  'all-namespaces': { type: 'boolean', short: 'A', default: false },
  output: { type: 'string', short: 'o', default: 'name' },
  type: { type: 'string', default: 'merge' },
  patch: { type: 'string', short: 'p', default: '' },
  filename: { type: 'string', short: 'f', default: '' },
  'ignore-not-found': { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const shown = (object: ApiObject): string => `${nameOf(object).resource}/${object.metadata.name}`;

/** What the slices follow; a slice that a person wrote stays as it is until then. */
const FOLLOWED = new Set(['services', 'pods']);

/** Writes the objects, and what the controllers make of them. */
const store = (objects: readonly ApiObject[], changed: readonly string[]): void =>
  writeObjects(changed.some((resource) => FOLLOWED.has(resource)) ? reconciled(objects) : objects);

function get([word = '', name]: readonly string[], values: Values): void {
  const resource = resourceOf(word);
  const everywhere = values['all-namespaces'] || isClusterWide(resource);
  const items = listed(readObjects(), resource).filter((object) => {
    const own = nameOf(object);
    return (everywhere || own.namespace === values.namespace) && (name === undefined || own.name === name);
  });
  if (name !== undefined && items.length === 0) throw notFound(resource, name);
  if (values.output !== 'json') say(items.map(shown).join('\n'));
  else say(name === undefined ? listText(items) : JSON.stringify(items[0], null, 4));
}

function patch([word = '', name = '']: readonly string[], { namespace, type, patch: text }: Values): void {
  const wanted = { resource: resourceOf(word), namespace, name };
  const objects = readObjects();
  if (!objects.some((object) => isNamed(object, wanted))) throw notFound(wanted.resource, name);
  const change = (object: ApiObject): ApiObject => {
    const json = object as unknown as Json;
    return (type === 'json' ? patched(json, JSON.parse(text)) : merged(json, JSON.parse(text))) as unknown as ApiObject;
  };
  store(
    objects.map((object) => (isNamed(object, wanted) ? change(object) : object)),
    [wanted.resource],
  );
  say(`${wanted.resource}/${name} patched`);
}

function remove([word = '', name = '']: readonly string[], { namespace, 'ignore-not-found': lenient }: Values): void {
  const wanted = { resource: resourceOf(word), namespace, name };
  const objects = readObjects();
  const left = objects.filter((object) => !isNamed(object, wanted));
  if (left.length === objects.length && !lenient) throw notFound(wanted.resource, name);
  store(left, [wanted.resource]);
  say(`${wanted.resource} "${name}" deleted`);
}

/** Takes one object or a List of them, from a file or from standard input, and puts it in the place of the old one. */
function apply(_: readonly string[], { filename, namespace }: Values): void {
  const given: ApiObject & { readonly items?: readonly ApiObject[] } = JSON.parse(readFileSync(filename === '-' ? 0 : filename, 'utf8'));
  const fresh = (given.items ?? [given]).map((object) =>
    isClusterWide(resourceOf(object.kind)) ? object : { ...object, metadata: { namespace, ...object.metadata } },
  );
  const kept = readObjects().filter((object) => !fresh.some((one) => isNamed(object, nameOf(one))));
  store(
    [...kept, ...fresh],
    fresh.map(({ kind }) => resourceOf(kind)),
  );
  for (const object of fresh) say(`${shown(object)} configured`);
}

const notFound = (resource: string, name: string): Error => new Error(`Error from server (NotFound): ${resource} "${name}" not found`);

const COMMANDS: Readonly<Record<string, (words: readonly string[], values: Values) => void>> = { get, patch, delete: remove, apply };

/** The part of kubectl's syntax that scenarios need, over a file of objects. */
function main(args: readonly string[]): number {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const [verb = '', ...words] = positionals.flatMap((word, at) => (at === 1 ? word.split('/') : [word]));
    const command = COMMANDS[verb];
    if (command === undefined)
      throw new Error(`unknown command "${verb}" for "kubectl" (the lab's stand-in knows ${Object.keys(COMMANDS).join(', ')})`);
    command(words, values);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

process.exitCode = main(process.argv.slice(2));
