// Finds out what the model is and shows the page for its kind.
import { ask } from "./dom.js";
import { showLanguageModel } from "./language.js";
import { showLatentSpace } from "./latent.js";

const about = document.getElementById("about");
const main = document.getElementById("main");

try {
  const run = await ask("run");
  document.getElementById("name").textContent = run.name;
  document.title = `${run.name} – textvae explore`;
  await (run.kind === "vae" ? showLatentSpace : showLanguageModel)(run, main, about);
  main.dataset.ready = "";
} catch (error) {
  about.textContent = error.message;
}
