// Writes vectors.json with Go's own transparency log and signed notes: go run vectors.go > vectors.json
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const name = "suishi/enrollment"

type store []tlog.Hash

func (s store) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = s[index]
	}
	return found, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func texts(hashes []tlog.Hash) []string {
	said := []string{}
	for _, hash := range hashes {
		said = append(said, hash.String())
	}
	return said
}

func main() {
	var hashes store
	roots := []string{}
	inclusion, consistency := map[string][]string{}, map[string][]string{}
	for size := int64(1); size <= 13; size++ {
		record := []byte(fmt.Sprintf("record %d", size-1))
		hashes = append(hashes, must(tlog.StoredHashes(size-1, record, hashes))...)
		roots = append(roots, must(tlog.TreeHash(size, hashes)).String())
		for index := int64(0); index < size; index++ {
			inclusion[fmt.Sprintf("%d/%d", index, size)] = texts(must(tlog.ProveRecord(size, index, hashes)))
			consistency[fmt.Sprintf("%d/%d", index+1, size)] = texts(must(tlog.ProveTree(size, index+1, hashes)))
		}
	}
	seed := sha256.Sum256([]byte("a key for tests only"))
	private := ed25519.NewKeyFromSeed(seed[:])
	verifier := must(note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey)))
	id := verifier[len(name)+1 : len(name)+9]
	secret := append([]byte{1}, seed[:]...)
	signer := must(note.NewSigner("PRIVATE+KEY+" + name + "+" + id + "+" + base64.StdEncoding.EncodeToString(secret)))
	text := fmt.Sprintf("%s\n%d\n%s\n", name, 13, roots[12])
	signed := must(note.Sign(&note.Note{Text: text}, signer))
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "")
	encoder.Encode(map[string]any{
		"roots": roots, "inclusion": inclusion, "consistency": consistency,
		"seed": fmt.Sprintf("%x", seed), "verifier": verifier, "note": string(signed),
	})
}
