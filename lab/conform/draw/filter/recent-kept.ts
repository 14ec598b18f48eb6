import { construct } from '../construct.ts';
import { REMEMBERING_PLACES } from '../remembering-places.ts';
import type { Rule } from '../rule.ts';

/** What `-m recent` puts on a list and takes off it, found by the rules after it; each packet begins by putting its address on and taking it off, whoever came before. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, backend, fresh, pool }) => {
    const [table, hook] = dice.pick(REMEMBERING_PLACES);
    const chain = fresh('KEPT');
    const name = fresh('kept');
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'iptables', backend, family, table, text });
    const end = dice.pick(['--rsource', '--rdest']);
    const recent = (how: string, more = ''): Rule => add(`-A ${chain} ${more}-m recent ${how} --name ${name} ${end}`);
    const sometimes = dice.pick(['', '', '-p udp ', `-p udp -m udp --dport ${dice.pick(pool.ports)} `]);
    const asks = Array.from({ length: 2 + dice.roll(4) }, () => {
      const not = dice.roll(4) === 0 ? '! ' : '';
      const does = dice.pick(['--rcheck', '--update', '--update', '--set', '--remove']);
      if (does === '--set' || does === '--remove') return recent(`${not}${does}`);
      const seconds = dice.roll(2) === 0 ? ' --seconds 600' : '';
      return recent(
        `${not}${does}${seconds}${dice.roll(2) === 0 ? ` --hitcount ${1 + dice.roll(3)}` : ''}${dice.roll(3) === 0 ? ' --rttl' : ''}`,
      );
    });
    const last = add(`-A ${chain} -m recent --rcheck --name ${name} ${end} -j ${dice.pick(['ACCEPT', 'RETURN', 'DROP'])}`);
    return { rules: [add(`-A ${hook} -j ${chain}`), recent('--set'), recent('--remove'), recent('--set', sometimes), ...asks, last] };
  },
});
