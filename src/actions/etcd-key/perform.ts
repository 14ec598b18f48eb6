import { definePerformer, type Undo } from '#actions/performer';
import { isRedacted, saysSame } from '#snapshot/redacted';
import { etcdClient, type Stored } from './client.ts';
import type { EtcdKey } from './preview.ts';

const storedIn = (undo: Undo): Stored | undefined => {
  const { value, etcdLease, ttlSeconds } = undo;
  if (typeof value !== 'string') return undefined;
  return {
    value,
    etcdLease: typeof etcdLease === 'string' ? etcdLease : null,
    ttlSeconds: typeof ttlSeconds === 'number' ? ttlSeconds : null,
  };
};

export default definePerformer<EtcdKey>({
  id: 'etcd-key',
  prepare: async ({ params }, world) => ({ ...(await (await etcdClient(params, world)).get()) }),
  perform: async ({ params }, world) => {
    const client = await etcdClient(params, world);
    const now = await client.get();
    if (params.to !== 'delete' && isRedacted(params.to.value))
      throw new Error(`a secret was taken out of ${params.key} when it was captured: nothing is written, for that would be lost`);
    if (!saysSame(params.was, now?.value ?? null))
      throw new Error(`${params.key} is no longer what was captured: ${now?.value ?? 'it is gone'}`);
    if (params.to === 'delete') await client.remove();
    else await client.put({ value: params.to.value, etcdLease: params.to.etcdLease, ttlSeconds: now?.ttlSeconds ?? null });
    const after = (await client.get())?.value ?? null;
    if (after !== (params.to === 'delete' ? null : params.to.value))
      throw new Error(`${params.key} reads ${after ?? 'nothing'} after it was written`);
  },
  undo: async ({ params }, undo, world) => {
    const client = await etcdClient(params, world);
    const before = storedIn(undo);
    if (before === undefined) await client.remove();
    else await client.put(before);
  },
});
