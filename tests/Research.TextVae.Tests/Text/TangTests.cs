using Research.TextVae.Datasets;
using Research.TextVae.Support;
using Research.TextVae.Text;
using Research.TextVae.Tokenizers;

namespace Research.TextVae.Tests.Text;

/// <summary>The reader on a file of its own; the real package where Chinese is to be split.</summary>
public class TangTests
{
    [Fact]
    public void Editors_notes_and_gaps_are_left_out_and_titles_made_unique()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "poems.json"), """
            [
              {
                "author": "甲", "title": "題",
                "paragraphs": ["秦川雄帝宅，函谷壯皇居。", "冰□已鏤津。", "（按此詩不全。", "又一首。）", "𠮷〇々！", ""],
                "id": "1", "tags": []
              },
              { "author": "甲", "title": "題", "paragraphs": ["何如肆轍跡？"] },
              { "author": "乙", "title": "無", "paragraphs": ["一作abc。"] }
            ]
            """);
        var manifest = DatasetCatalog.Find("tang")! with { Files = [new DatasetFile("poems.json", 0, "")] };

        var corpus = DatasetReaders.Read(manifest, folder);

        Assert.Equal(["甲《題》", "甲《題》 (2)"], corpus.Documents.Select(document => document.Title));
        Assert.Equal(["秦川雄帝宅，函谷壯皇居。", "𠮷〇々！", "何如肆轍跡？"], corpus.Sentences.Select(sentence => sentence.Text));
        Assert.All(corpus.Documents, document => Assert.Equal("甲", document.Label));
        File.WriteAllText(Path.Combine(folder, "poems.json"), "[{");
        Assert.Contains("poems.json is not an array of poems", Assert.Throws<UserException>(() => DatasetReaders.Read(manifest, folder))
            .Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_character_of_a_couplet_is_a_word_and_the_words_joined_are_the_couplet()
    {
        var corpus = Corpus.Load("tang");
        var texts = corpus.Sentences.Select(sentence => sentence.Text).ToList();
        Assert.Equal((57_112, 253_108), (corpus.Documents.Count, texts.Count));
        Assert.Equal(161_206, texts.Count(text => CodePoints.Count(text) == 12));
        var sample = texts.Where((_, i) => i % 25 == 0).ToList();
        var tokenizer = WordTokenizer.Train(sample, new WordTokenizerOptions { MaxVocabulary = 100_000 });

        foreach (var text in sample)
        {
            // Compatibility characters are normalized to others.
            var tokens = tokenizer.EncodeToTokens(text, out var normalized);
            Assert.Equal((normalized ?? text).EnumerateRunes().Select(rune => rune.ToString()), tokens.Select(token => token.Value));
            Assert.Equal(normalized ?? text, tokenizer.Decode(tokens.Select(token => token.Id)));
        }
    }
}
