using Research.TextVae.Text;

namespace Research.TextVae.Tests.Training;

/// <summary>A few hundred sentences of a small grammar, as a user's file, one a line.</summary>
internal static class TinyText
{
    public static TextData Load(int sentences = 400, double test = 0.15)
    {
        string[] subjects = ["the cat", "a dog", "my aunt", "the old man", "she", "nobody here"];
        string[] verbs = ["sees", "likes", "follows", "never forgets", "paints"];
        string[] objects = ["the garden", "a red house", "him", "the long road home", "music", "two birds", "everything"];
        var lines = Enumerable.Range(0, sentences).Select(i =>
            $"{subjects[i % 6]} {verbs[i * 7 / 3 % 5]} {objects[i * 5 / 2 % 7]} "
                + $"{(i % 3 == 0 ? "and " + objects[(i + i / 9) % 7] : i % 5 == 0 ? "at night" : "on day " + (i % 11))} .");
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, lines);
        try
        {
            return TextData.Load(path, new TextOptions { MaxTokens = 20, Validation = 0.15, Test = test, Seed = 1 });
        }
        finally
        {
            File.Delete(path);
        }
    }
}
