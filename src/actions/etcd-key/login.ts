import { flagIn, type EtcdAccess } from '#intent/flannel/daemon';
import type { World } from '#world/world';

/** Who asks etcd. The password is read where it is used, and stands in no plan, no journal and no argument. */
export type Login = { readonly name: string; readonly password: string };

/** The name and the password that flanneld on this node uses itself; nothing where it uses none. */
export async function loginOf({ userName }: EtcdAccess, { files }: World): Promise<Login | undefined> {
  if (userName === undefined) return undefined;
  for (const pid of (await files.list('/proc')).filter((name) => /^\d+$/.test(name))) {
    const words = await wordsOf(files, `/proc/${pid}/cmdline`);
    if (words[0]?.split('/').at(-1) !== 'flanneld') continue;
    const password = flagIn(words, 'etcd-password') ?? variable(await wordsOf(files, `/proc/${pid}/environ`), 'FLANNELD_ETCD_PASSWORD');
    if (password !== undefined && password !== '') return { name: userName, password };
  }
  throw new Error(`etcd knows flanneld as ${userName}, and no running flanneld on this node tells the password`);
}

/** Arguments or variables as the kernel lists them; nothing of a process that has ended meanwhile. */
const wordsOf = async (files: World['files'], path: string): Promise<readonly string[]> => {
  try {
    return (await files.read(path)).toString('utf8').split('\0');
  } catch {
    return [];
  }
};

const variable = (words: readonly string[], name: string): string | undefined =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
