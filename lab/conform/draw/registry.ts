import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type Area, AREAS, type Construct, GUEST_AREAS } from './construct.ts';

/** A construct under the name of its file. */
export type Named<K extends Construct['kind'] = Construct['kind']> = { readonly id: string } & Extract<Construct, { kind: K }>;

/** Every construct there is, by id. */
export type Registry = readonly ({ readonly id: string } & Construct)[];

/** Reads the folders: a file is a construct. */
export async function registry(): Promise<Registry> {
  const files = [...AREAS, ...GUEST_AREAS]
    .flatMap((area) => globSync(`${area}/*.ts`, { cwd: import.meta.dirname }))
    .filter((file) => !file.endsWith('.test.ts'));
  return Promise.all(
    files.sort().map(async (file) => {
      const { default: one }: { readonly default: Construct } = await import(join(import.meta.dirname, file));
      return { ...one, id: file.replace(/\.ts$/, '') };
    }),
  );
}

/** Which folders a scene of an area takes its constructs from. */
const FOLDERS: Readonly<Record<Area, readonly string[]>> = {
  filter: ['filter'],
  nat: ['nat', 'filter', 'conntrack'],
  conntrack: ['conntrack', 'nat', 'filter'],
  route: ['route', 'filter'],
  bridge: ['bridge', 'filter', 'nat', 'conntrack'],
  vxlan: ['vxlan', 'filter'],
  nft: ['nft', 'conntrack'],
  services: ['services', 'nat', 'filter', 'conntrack'],
  others: ['others', 'conntrack'],
  link: ['link', 'filter'],
  ipvs: ['ipvs', 'filter', 'conntrack', 'nat'],
  modules: ['modules', 'filter', 'conntrack'],
};

const OFTEN = 9;

/** Of what a scene may hold, one that it wants is every so manieth. */
const WANTED = 6;

/**
 * The constructs of one kind that a scene of an area may hold; those that are not rare come more often, its own folder's twice as often,
 * and those that it wants, by their names in that folder, more often still.
 */
export function constructsOf<K extends Construct['kind']>(
  all: Registry,
  area: Area,
  kind: K,
  wanted: readonly string[] = [],
): readonly Named<K>[] {
  const isOfKind = (one: Registry[number]): one is Named<K> => one.kind === kind;
  const own = all.filter(({ id }) => FOLDERS[area].includes(id.split('/')[0] ?? '')).filter(isOfKind);
  const often = own.filter(({ rare }) => rare !== true);
  const native = often.filter(({ id }) => id.startsWith(`${area}/`));
  const usual = [
    ...Array<readonly Named<K>[]>(OFTEN)
      .fill([...often, ...native])
      .flat(),
    ...own,
    ...native,
  ];
  const more = own.filter(({ id }) => wanted.some((name) => id === `${area}/${name}`));
  return [...usual, ...more.flatMap((one) => Array<Named<K>>(Math.ceil(usual.length / WANTED)).fill(one))];
}
