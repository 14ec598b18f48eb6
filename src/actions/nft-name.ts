/** What nft's scanner takes for one name (src/scanner.l): anything else could be read as more than a name. */
const NAME = /^[A-Za-z_.\\][\w.\\/-]{0,255}$/;

/** A name out of a capture, fit to stand in a command of nft; throws at what nft would not read as one word. */
export function nftName(name: string): string {
  if (!NAME.test(name)) throw new Error(`not a name that nft takes: ${JSON.stringify(name)}`);
  return name;
}
