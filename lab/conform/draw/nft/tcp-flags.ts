import { construct } from '../construct.ts';

/** `tcp flags`, as bits and compared under a mask. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => {
    const text = dice.pick(['syn', '& (syn|ack) == syn', '& (fin|syn|rst|ack) == ack', '!= syn', '& (rst|fin) != 0', '== ack', 'syn,fin']);
    return { text: `tcp flags ${text}`, protocol: 'tcp', aims: [{ flags: dice.pick(['S', 'A', 'SA', 'R', 'FA', 'PA']) }] };
  },
});
