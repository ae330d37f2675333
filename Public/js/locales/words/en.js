/** The shelves of what a prompt can name, in English. */
export const en = {
  "words.search": "Search",
  "words.none": "Nothing here by that name.",
  "words.loras": "LoRA",
  "words.embeddings": "Embeddings",
  "words.hypernetworks": "Hypernetworks",
  "words.styles": "Styles",
  "words.foreign": "made for {family}",
  "words.weight": "Weight of {name}",
  "words.weights": "One weight, or text encoder:network",
  "words.remove": "Remove",
};
