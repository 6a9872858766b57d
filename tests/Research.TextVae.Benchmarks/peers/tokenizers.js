// Hugging Face's tokenizers (the Rust library as an add-on of node): node tokenizers.js <workload.json> <folder>
// The workload names the add-on and either texts to encode, with a tokenizer.json or GPT-2's two files, or a text to train on.
// A command a line on standard input, a line of JSON in answer:
//   run <n>   does the work n times: seconds, and a checksum of the ids or merges
//   memory    peak bytes
//   write     writes ids.json or trained.json into the folder
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const [workloadPath, folder] = process.argv.slice(2);
const workload = JSON.parse(fs.readFileSync(workloadPath, 'utf8'));
const hf = require(workload.addon);

function byteLevel(model) {
  const tokenizer = new hf.Tokenizer(model);
  tokenizer.setPreTokenizer(hf.byteLevelPreTokenizer(false, true));
  return tokenizer;
}

async function encoder() {
  const texts = JSON.parse(fs.readFileSync(workload.texts, 'utf8'));
  const tokenizer = workload.tokenizer
    ? hf.Tokenizer.fromFile(workload.tokenizer)
    : byteLevel(await hf.BPE.fromFile(workload.vocabulary, workload.merges));
  let encodings;
  return {
    work: async () => { encodings = await tokenizer.encodeBatch(texts, { addSpecialTokens: false }); },
    *numbers() { for (const encoding of encodings) yield* encoding.getIds(); },
    write: () => fs.writeFileSync(path.join(folder, 'ids.json'), JSON.stringify(encodings.map((encoding) => encoding.getIds()))),
  };
}

function trainer() {
  const saved = path.join(folder, 'trained.json');
  let tokenizer;
  return {
    work: async () => {
      tokenizer = byteLevel(hf.BPE.empty());
      tokenizer.train([workload.train]);
    },
    *numbers() {
      tokenizer.save(saved);
      for (const [left, right] of JSON.parse(fs.readFileSync(saved, 'utf8')).model.merges)
        for (const c of `${left} ${right}\n`) yield c.charCodeAt(0);
    },
    write: () => tokenizer.save(saved),
  };
}

async function run(side, times) {
  const seconds = [];
  const losses = [];
  for (let i = 0; i < times; i++) {
    const start = process.hrtime.bigint();
    await side.work();
    seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
    let sum = 0;
    for (const number of side.numbers()) sum = (Math.imul(sum, 31) + number) >>> 0;
    losses.push(sum);
  }
  return { seconds, losses };
}

async function answer(side, [command, argument]) {
  if (command === 'run') return run(side, Number(argument));
  if (command === 'memory') return { bytes: process.resourceUsage().maxRSS * 1024 };
  await side.work();
  side.write();
  return {};
}

(async () => {
  const side = workload.train ? trainer() : await encoder();
  for await (const line of readline.createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await answer(side, line.split(' '))));
})();
