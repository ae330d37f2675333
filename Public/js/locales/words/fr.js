/** Les étagères de ce qu’une description peut nommer, en français. Mêmes clés que en.js. */
export const fr = {
  "words.search": "Chercher",
  "words.none": "Rien de ce nom ici.",
  "words.loras": "LoRA",
  "words.embeddings": "Plongements",
  "words.hypernetworks": "Hyper-réseaux",
  "words.styles": "Styles",
  "words.foreign": "fait pour {family}",
  "words.weight": "Poids de {name}",
  "words.weights": "Un poids, ou encodeur:réseau",
  "words.remove": "Retirer",
};
